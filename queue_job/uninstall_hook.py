"""What Odoo leaves behind when the addon is uninstalled: it knows no SQL functions."""

from .engine.schema import triggers
from .job import uniqueness


def uninstall_hook(env) -> None:
    """Drop the SQL functions of the addon, with the triggers that call them."""
    for function in (*triggers.FUNCTIONS, *uniqueness.FUNCTIONS):
        env.cr.execute(f"DROP FUNCTION IF EXISTS {function} CASCADE")
