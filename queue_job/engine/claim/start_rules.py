"""Which jobs may start: the rules of the claim, also used to explain its decisions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .block_reason import CONCURRENCY_KEY, EARLIER_ETA, FAILED_JOB, BlockReason
from .candidates import Candidate
from .sql import candidates as candidates_sql
from .sql import claim as sql
from .usage import ChannelUsage

if TYPE_CHECKING:
    from odoo.sql_db import Cursor


class StartRules:
    """The rules of one database, at the time when ``usage`` was read."""

    def __init__(self, cursor: Cursor, usage: ChannelUsage) -> None:
        self._cursor = cursor
        self.usage = usage
        self.tree = usage.tree

    def first_reason(self, job: Candidate) -> BlockReason | None:
        """Return why ``job`` may not start, None if it may.

        Its concurrency key is not checked: the statements that find candidates do that.
        """
        return next(self._reasons(job), None)

    def all_reasons(self, job: Candidate) -> list[BlockReason]:
        """Return all reasons why ``job`` may not start."""
        return [*self._reasons(job), *self._key_reasons(job)]

    def channel_reason(self, channel: str) -> BlockReason | None:
        """Return why no job of ``channel`` may start, None if one may."""
        nothing_first = Candidate(channel, channel, None, None, 0, None)
        return self.first_reason(nothing_first)

    def _reasons(self, job: Candidate) -> Iterator[BlockReason]:
        if reason := self.usage.block_reason(job.channel):
            yield reason
        for channel in self.tree.sequential(job.channel):
            yield from self._sequential_reasons(channel, job)

    def _sequential_reasons(self, channel: str, job: Candidate) -> Iterator:
        self._cursor.execute(
            sql.SEQUENTIAL,
            {
                "spellings": self.tree.spellings(channel),
                "priority": job.priority,
                "date_created": job.date_created,
                "id": job.id,
            },
        )
        failed_id, earlier = self._cursor.fetchone()
        if failed_id:
            yield BlockReason(FAILED_JOB, channel, job_id=failed_id)
        if earlier:
            earlier_id, seconds = earlier
            yield BlockReason(EARLIER_ETA, channel, seconds, earlier_id)

    def _key_reasons(self, job: Candidate) -> Iterator[BlockReason]:
        self._cursor.execute(candidates_sql.IS_KEY_IN_FULL_USE, {"id": job.id})
        if (self._cursor.fetchone() or [False])[0]:
            yield BlockReason(CONCURRENCY_KEY, job.channel)
