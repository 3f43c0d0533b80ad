"""Runs all tests: Odoo's own runner for the addons, pytest for ``tests/``."""

from __future__ import annotations

from ..odoo_run import Runner
from .run import run

__all__ = ["Runner", "run"]
