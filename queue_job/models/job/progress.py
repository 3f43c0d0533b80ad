"""Running jobs: their progress, and how to stop them."""

from __future__ import annotations

from odoo import api, fields

from ...engine.run import sql
from ...engine.run.lease import LeasedBatch
from ...engine.sql import NOTIFY_WORKERS
from ..part import Part


class JobProgress(Part):
    _name = "queue.job"
    _register = False

    progress_percent = fields.Float(
        string="Progress",
        compute="_compute_progress",
        help="Percentage of the work done while the job runs.",
    )
    progress_message = fields.Char(
        string="Current Step",
        compute="_compute_progress",
        help="What the job is currently doing.",
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
    def progress(self, done: float, total: float, message: str | None = None) -> None:
        """Report the progress of the calling job; does nothing outside of a job.

        The progress is shown while the job runs. It is written outside of the job's
        transaction, at most twice a second however often this is called.

        :param done: amount of work done, a number
        :param total: total amount of work
        :param message: short text about the current step
        """
        if batch := LeasedBatch.of_this_thread():
            batch.progress.set(batch.current, done, total, message)

    def button_stop(self) -> bool:
        """Stop running jobs, on any host; their work is rolled back."""
        self.check_access("write")
        self.env.cr.execute(
            sql.ASK_TO_STOP, {"ids": self.ids, "by": self.env.user.name}
        )
        self.env.cr.execute(NOTIFY_WORKERS)
        return True
