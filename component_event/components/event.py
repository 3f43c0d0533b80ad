"""Public import path of listeners and of the collection of events."""

# ruff: noqa: F401 - other addons import these names from here

from odoo.addons.component.core import AbstractComponent, Component

from ..collected import CollectedEvents
from ..skipping import skip_if
from .collecter import DEFAULT_EVENT_CACHE_SIZE, EventCollecter
from .listener import EventListener

__all__ = ["skip_if"]
