"""The binder: which record of Odoo is bound to which external record."""

from . import binder
