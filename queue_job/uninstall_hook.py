"""What Odoo leaves behind when the addon is uninstalled: it knows no SQL functions."""

from .engine.schema import triggers
from .jobs import twins


def uninstall_hook(env) -> None:
    """Drop the SQL functions of the addon, with the triggers that call them."""
    for function in (*triggers.FUNCTIONS, *twins.FUNCTIONS):
        env.cr.execute(f"DROP FUNCTION IF EXISTS {function} CASCADE")
