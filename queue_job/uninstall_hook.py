"""Removes the SQL functions that Odoo does not remove on uninstallation."""

from .engine.sql import schema
from .jobs import twins


def uninstall_hook(env) -> None:
    """Drop the SQL functions of the addon, with the triggers that call them."""
    for function in (*schema.FUNCTIONS, *twins.FUNCTIONS):
        env.cr.execute(f"DROP FUNCTION IF EXISTS {function} CASCADE")
