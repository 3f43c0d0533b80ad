"""One job of a lease."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .interrupt import Interruptible

if TYPE_CHECKING:
    from odoo.sql_db import Cursor


class LeasedJob:
    """One job of a lease: its row as it was claimed, and its progress.

    ``is_started``: its row says ``started``; ``settled``: its outcome is committed;
    ``interrupted_at``: when it was first asked to end; ``abandoned_at``: since when its
    thread is considered stuck, both on the clock of the process.
    """

    def __init__(self, row: dict) -> None:
        self.row = row
        self.id: int = row["id"]
        self.uuid: str = row["uuid"]
        self.function: str = row["channel_method_name"] or ""
        self.is_started = False
        self.settled = False
        self.time_limit = 0
        self.interrupted_at: float | None = None
        self.abandoned_at: float | None = None
        self.interruptible: Interruptible | None = None

    def interruptible_on(self, cr: Cursor) -> Interruptible:
        """Return the context in which the job's own code runs, on a cursor."""
        self.interruptible = Interruptible(cr._cnx)
        return self.interruptible
