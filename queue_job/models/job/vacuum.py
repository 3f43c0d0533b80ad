"""Deletes old jobs."""

from collections import defaultdict
from datetime import timedelta

from odoo import api
from odoo.fields import Domain

from ...engine.diagnostics.channel_tree import channel_tree
from ...job import FAILED, database_now
from ..part import Part

#: Maximum number of jobs deleted in one call.
_BATCH = 1000


class JobVacuum(Part):
    _name = "queue.job"
    _register = False

    @api.autovacuum
    def _gc_old_jobs(self):
        """Delete the jobs older than the removal interval of their channel.

        :return: number of deleted jobs, and whether more are left for another call
        """
        found = self.browse()
        for domain in self._gc_domains():
            found |= self.sudo().search(
                domain, order="date_done, date_created", limit=_BATCH - len(found)
            )
            if len(found) >= _BATCH:
                break
        count = len(found)
        found.unlink()
        return count, count >= _BATCH

    def _gc_domains(self):
        """Yield the domains of the jobs to delete, one for each removal setting.

        Jobs of a channel without a record are kept as long as those of root.
        """
        # pylint: disable=no-search-all
        channels = self.env["queue.job.channel"].sudo().search([])
        tree = channel_tree(self.env)
        names_by_days = defaultdict(list)
        for channel in channels:
            days = (channel.removal_interval, channel.failed_removal_interval)
            names_by_days[days] += tree.spellings(channel.complete_name)
        known = [name for names in names_by_days.values() for name in names]
        root = self.env.ref("queue_job.channel_root")
        for (days, failed_days), names in names_by_days.items():
            channel = Domain("channel", "in", names)
            if root.complete_name in names:
                channel |= Domain("channel", "not in", known)
            ended = self._gc_ended_before(days, failed_days)
            if not ended.is_false():
                yield channel & ended

    def _gc_ended_before(self, days, failed_days):
        """Return the domain of the jobs that ended this many days ago.

        A negative number keeps jobs forever; for failed jobs 0 does too.
        """
        now = database_now(self.env.cr)
        domain = Domain.FALSE
        if days >= 0:
            deadline = now - timedelta(days=days)
            domain |= Domain("date_done", "<=", deadline)
            domain |= Domain("date_cancelled", "<=", deadline)
        if failed_days > 0:
            deadline = now - timedelta(days=failed_days)
            domain |= Domain("state", "=", FAILED) & Domain(
                "date_failed", "<=", deadline
            )
        return domain
