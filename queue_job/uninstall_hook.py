"""Removes the SQL functions that Odoo does not remove on uninstallation."""

from .engine.schema import triggers
from .job import uniqueness


def uninstall_hook(env) -> None:
    """Drop the SQL functions of the addon, with the triggers that call them."""
    for function in (*triggers.FUNCTIONS, *uniqueness.FUNCTIONS):
        env.cr.execute(f"DROP FUNCTION IF EXISTS {function} CASCADE")
