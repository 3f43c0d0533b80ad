"""Removes the SQL functions that Odoo does not remove on uninstallation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .engine.schema import triggers, uniqueness

if TYPE_CHECKING:
    from odoo.api import Environment


def uninstall_hook(env: Environment) -> None:
    """Drop the SQL functions of the addon, with the triggers that call them."""
    for function in (*triggers.FUNCTIONS, *uniqueness.FUNCTIONS):
        env.cr.execute(f"DROP FUNCTION IF EXISTS {function} CASCADE")
