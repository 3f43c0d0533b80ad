"""The next job of each channel, and the statement that leases it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ..sql.prepared import Prepared
from .channels import ChannelTree
from .sql import candidates as sql
from .sql import claim as claim_sql

if TYPE_CHECKING:
    from odoo.sql_db import Cursor


@dataclass(frozen=True)
class Candidate:
    """The next job of ``channel``; ``raw_channel`` is the text in its row.

    ``take``: the statement that leases it and others after it.
    """

    channel: str
    raw_channel: str
    priority: int | None
    date_created: datetime | str | None
    id: int
    function: str | None
    take: Prepared = claim_sql.TAKE

    @property
    def rank(self) -> tuple:
        """Sort key like ORDER BY priority, date_created, id: unset values come last."""
        return (
            self.priority is None,
            self.priority or 0,
            self.date_created is None,
            self.date_created or "",
            self.id,
        )


def read_candidates(
    cursor: Cursor, tree: ChannelTree, found: list[list]
) -> list[Candidate]:
    """Return the next job of each channel, in the order to start them.

    ``found``: channel and values of each; without an id if none of the jobs at the
    front of the channel may start, because of their concurrency keys.
    """
    candidates = []
    for raw_channel, *values in found:
        _priority, _date_created, job_id, _function = values
        place = (tree.channel_of(raw_channel), raw_channel)
        candidate = (
            Candidate(*place, *values) if job_id else _next_by_key(cursor, *place)
        )
        if candidate:
            candidates.append(candidate)
    return sorted(candidates, key=lambda candidate: candidate.rank)


def is_any_ready(cursor: Cursor, raw_channel: str) -> bool:
    """Tell whether a channel has a job that could start if a slot were free."""
    cursor.execute(sql.FIRST_NEAR.call(cursor), {"raw_channel": raw_channel})
    first, are_there_more = cursor.fetchone()
    return bool(first or (are_there_more and _next_by_key(cursor, "", raw_channel)))


def _next_by_key(cursor: Cursor, channel: str, raw_channel: str) -> Candidate | None:
    """Return the next job of a channel, skipping any number that may not start."""
    place = {"raw_channel": raw_channel}
    cursor.execute(sql.FIRST_BY_KEY.call(cursor), place)
    values, is_keyless, is_unsure = cursor.fetchone()
    take = claim_sql.TAKE_KEYLESS if is_keyless else claim_sql.TAKE_ONE
    if is_unsure:
        cursor.execute(sql.FIRST_OF_ALL, place)
        values = (cursor.fetchone() or [None])[0]
        take = claim_sql.TAKE_ONE
    return Candidate(channel, raw_channel, *values, take) if values else None  # type: ignore[call-arg]
