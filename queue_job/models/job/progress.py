"""Jobs that run: how far they are, and how to stop them."""

from odoo import api, fields

from ...engine.run import sql
from ...engine.run.lease import LeasedBatch
from ...engine.sql import NOTIFY_CHANNEL
from ..part import Part


class JobProgress(Part):
    _name = "queue.job"
    _register = False

    progress_percent = fields.Float(
        string="Progress",
        compute="_compute_progress",
        help="Percent of the work done, while it runs.",
    )
    progress_message = fields.Char(
        string="Doing", compute="_compute_progress", help="What the job does now."
    )

    @api.depends("state", "lease_id")
    def _compute_progress(self):
        leases = self.env["queue.job.lease"].sudo()
        running = self.filtered(lambda job: job.state == "started" and job.lease_id)
        by_job = {
            lease.job_id: lease
            for lease in leases.search([("id", "in", running.mapped("lease_id"))])
        }
        for job in self:
            lease = by_job.get(job.id, leases)
            total = lease.progress_total
            done = min(lease.progress_done, total)
            job.progress_percent = 100 * done / total if total else 0
            job.progress_message = lease.progress_message

    @api.model
    def progress(self, done, total, message=None):
        """Say how far the job that calls this is; nothing happens outside of jobs.

        It is shown while the job runs, and written outside of its transaction, at most
        twice a second however often it is called.

        :param done: how much of the work is done, a number
        :param total: how much there is
        :param message: a word about what is being done
        """
        if batch := LeasedBatch.of_this_thread():
            batch.progress.set(batch.current, done, total, message)

    def button_stop(self):
        """End running jobs, on whatever node; their work is rolled back."""
        self.check_access("write")
        self.env.cr.execute(
            sql.ASK_TO_STOP, {"ids": self.ids, "by": self.env.user.name}
        )
        self.env.cr.execute("SELECT pg_notify(%s, '')", [NOTIFY_CHANNEL])
        return True
