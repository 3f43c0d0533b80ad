"""Failed jobs grouped by cause."""

from __future__ import annotations

from typing import Any

from odoo import fields, models, tools

from ..job import FAILED


class QueueJobCause(models.Model):
    """One line for the failed jobs of one function, exception and place in the code."""

    _name = "queue.job.cause"
    _description = "Cause of Failed Jobs"
    _auto = False
    _log_access = False
    _order = "last_seen DESC"
    _rec_name = "exc_name"

    job_function_id = fields.Many2one("queue.job.function", readonly=True)
    channel_method_name = fields.Char(string="Function", readonly=True)
    exc_name = fields.Char(string="Exception", readonly=True)
    exc_place = fields.Char(string="Error Location", readonly=True)
    exc_message = fields.Char(string="Last Message", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    job_count = fields.Integer(string="Jobs", readonly=True)
    first_seen = fields.Datetime(readonly=True)
    last_seen = fields.Datetime(readonly=True)

    _depends = {
        "queue.job": [
            "state",
            "channel_method_name",
            "job_function_id",
            "exc_name",
            "exc_place",
            "exc_message",
            "company_id",
            "date_failed",
            "date_started",
            "date_created",
        ]
    }

    def init(self) -> None:
        """Recreate the view; it reads failed jobs only, through their partial index."""
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            """
            CREATE VIEW queue_job_cause AS
            SELECT min(id) AS id,
                   max(job_function_id) AS job_function_id,
                   channel_method_name,
                   exc_name,
                   exc_place,
                   company_id,
                   (array_agg(exc_message ORDER BY id DESC))[1] AS exc_message,
                   count(*)::int4 AS job_count,
                   min(COALESCE(date_failed, date_started, date_created)) AS first_seen,
                   max(COALESCE(date_failed, date_started, date_created)) AS last_seen
              FROM queue_job
             WHERE state = 'failed'
             GROUP BY channel_method_name, exc_name, exc_place, company_id
            """
        )

    def _jobs(self):
        """Return the failed jobs of these causes."""
        jobs = self.env["queue.job"]
        for cause in self:
            jobs |= jobs.search(cause._jobs_domain())
        return jobs

    def _jobs_domain(self):
        self.ensure_one()
        return [
            ("state", "=", FAILED),
            ("channel_method_name", "=", self.channel_method_name),
            ("exc_name", "=", self.exc_name),
            ("exc_place", "=", self.exc_place),
            ("company_id", "=", self.company_id.id),
        ]

    def action_open_jobs(self) -> dict[str, Any]:
        """Open the failed jobs of this cause."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "queue_job.action_queue_job"
        )
        return {**action, "context": {}, "domain": self._jobs_domain()}

    def action_requeue(self) -> dict[str, Any] | None:
        """Requeue all failed jobs of these causes."""
        return self._jobs()._act_on_all("requeue", self.env._("Jobs Requeued"))

    def action_cancel(self) -> dict[str, Any] | None:
        """Cancel all failed jobs of these causes."""
        return self._jobs()._act_on_all(
            "button_cancelled", self.env._("Jobs Cancelled")
        )
