"""The state of the queue that a claim reads, in one statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from odoo.sql_db import Cursor


class ClaimState(NamedTuple):
    """The answer of the statement ``STATE``, by the names of its columns.

    ``was_idle``: of the worker that claims, None if it is not registered;
    ``others_idle``: another worker waits for work; ``channels``: the values of a
    ChannelRecord each; ``leases``: number of leases by channel; ``since_start``:
    seconds since the last start by throttled channel; ``candidates``: channel and
    values of the next job of each; ``next_eta``: seconds until the next ETA;
    ``about``: which database this is.
    """

    was_idle: bool | None
    others_idle: bool
    channels: list[list] | None
    leases: dict[str, int] | None
    since_start: dict[str, float] | None
    candidates: list[list] | None
    next_eta: float | None
    release_due: bool
    others_work: bool
    modules_change: bool
    workers: int
    about: dict[str, Any]


def read_state(cursor: Cursor) -> ClaimState:
    """Return the state that ``cursor`` has just asked for."""
    columns = [column.name for column in cursor.description]
    return ClaimState(**dict(zip(columns, cursor.fetchone(), strict=True)))
