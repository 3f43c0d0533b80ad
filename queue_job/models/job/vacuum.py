"""Deletes old jobs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from odoo import api

from ...engine.diagnostics.channel_tree import channel_tree
from ...job import database_now
from ..part import Part
from . import sql

#: Maximum number of jobs deleted in one call.
_BATCH = 1000


class JobVacuum(Part):
    _name = "queue.job"
    _register = False

    @api.autovacuum
    def _gc_old_jobs(self) -> tuple[int, bool]:
        """Delete the jobs older than the removal interval of their channel.

        :return: number of deleted jobs, and whether more are left for another call
        """
        self.flush_model()
        found: set[int] = set()
        for statement, parameters in self._gc_searches():
            parameters["limit"] = _BATCH - len(found)
            self.env.cr.execute(statement, parameters)
            found.update(id_ for (id_,) in self.env.cr.fetchall())
            if len(found) >= _BATCH:
                break
        self.sudo().browse(found).unlink()
        return len(found), len(found) >= _BATCH

    def _gc_searches(self) -> Iterator[tuple[str, dict]]:
        """Yield the statements that find the jobs to delete, each for one channel and
        state, with their parameters.

        Jobs of a channel without a record are kept as long as those of root. A negative
        number of days keeps jobs forever; for failed jobs 0 does too.
        """
        now = database_now(self.env.cr)
        intervals = self._gc_intervals()
        root = self.env.ref("queue_job.channel_root").complete_name
        self.env.cr.execute(sql.SELECT_CHANNELS)
        for (channel,) in self.env.cr.fetchall():
            days, failed_days = intervals.get(channel or "", intervals[root])
            ended = {"channel": channel, "deadline": now - timedelta(days=max(days, 0))}
            if days >= 0:
                yield sql.SELECT_DONE_BEFORE[channel is None], ended
                yield sql.SELECT_CANCELLED_BEFORE, ended
            if failed_days > 0:
                deadline = now - timedelta(days=failed_days)
                yield sql.SELECT_FAILED_BEFORE, {**ended, "deadline": deadline}

    def _gc_intervals(self) -> dict[str, tuple[int, int]]:
        """Return for how many days ended and failed jobs are kept, by the spellings of
        their channels in rows."""
        # pylint: disable=no-search-all
        channels = self.env["queue.job.channel"].sudo().search([])
        tree = channel_tree(self.env)
        return {
            spelling: (channel.removal_interval, channel.failed_removal_interval)
            for channel in channels
            for spelling in tree.spellings(channel.complete_name)
        }
