"""The binder: where connectors import it from."""

from odoo.addons.component.core import AbstractComponent as AbstractComponent

from .binding.binder import Binder

__all__ = ["AbstractComponent", "Binder"]
