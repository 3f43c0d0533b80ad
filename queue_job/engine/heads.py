"""The next job of each channel, and how it is taken."""

from dataclasses import dataclass

from .channels import ChannelTree
from .sql import claim as claim_sql
from .sql import heads as sql
from .sql.prepared import Prepared


@dataclass(frozen=True)
class Head:
    """The next job of ``channel``; ``raw_channel`` is the text in its row.

    ``batch``: the statement that takes it and others that follow it.
    """

    channel: str
    raw_channel: str
    priority: int | None
    date_created: str | None
    id: int
    function: str | None
    batch: Prepared = claim_sql.TAKE

    @property
    def rank(self) -> tuple:
        """Sorts like ORDER BY priority, date_created, id: what is unset comes last."""
        return (
            self.priority is None,
            self.priority or 0,
            self.date_created is None,
            self.date_created or "",
            self.id,
        )


def read_heads(cursor, tree: ChannelTree, found: list[list]) -> list[Head]:
    """Return the next job of each channel, the first to start first.

    ``found``: channel and values of each; without an id when none of those at the front
    of the channel may start, because of their concurrency keys.
    """
    heads = []
    for raw_channel, *values in found:
        _priority, _date_created, job_id, _function = values
        place = (tree.channel_of(raw_channel), raw_channel)
        head = Head(*place, *values) if job_id else _behind(cursor, *place)
        if head:
            heads.append(head)
    return sorted(heads, key=lambda head: head.rank)


def is_any_ready(cursor, raw_channel: str) -> bool:
    """Tell whether a channel has a job that could start if there was a seat."""
    cursor.execute(sql.FIRST_NEAR.call(cursor), {"raw_channel": raw_channel})
    first, are_there_more = cursor.fetchone()
    return bool(first or (are_there_more and _behind(cursor, "", raw_channel)))


def _behind(cursor, channel: str, raw_channel: str) -> Head | None:
    """Return the next job of a channel, past any number that may not start."""
    place = {"raw_channel": raw_channel}
    cursor.execute(sql.FIRST_BY_KEY.call(cursor), place)
    values, is_keyless, is_unsure = cursor.fetchone()
    batch = claim_sql.TAKE_KEYLESS if is_keyless else claim_sql.TAKE_ONE
    if is_unsure:
        cursor.execute(sql.FIRST_OF_ALL, place)
        values = (cursor.fetchone() or [None])[0]
        batch = claim_sql.TAKE_ONE
    return Head(channel, raw_channel, *values, batch) if values else None
