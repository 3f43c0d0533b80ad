from __future__ import annotations

import json
from typing import Any

from odoo import api, fields, models
from odoo.fields import Domain

from ..models.job.mass_actions import STATES_OF_ACTION


class QueueRequeueJob(models.TransientModel):
    """Act on the selected jobs, or on all that match the filter of the list."""

    _name = "queue.requeue.job"
    _description = "Wizard to requeue a selection of jobs"

    #: method of queue.job called by the wizard
    _button = "requeue"

    def _default_job_ids(self):
        if self.env.context.get("active_model") == "queue.job":
            return self.env.context.get("active_ids") or False
        return False

    def _default_filter_domain(self):
        if self.env.context.get("active_model") == "queue.job":
            domain = self.env.context.get("active_domain")
            return json.dumps(domain) if domain is not None else False
        return False

    job_ids = fields.Many2many(
        comodel_name="queue.job", string="Jobs", default=lambda r: r._default_job_ids()
    )
    scope = fields.Selection(
        [
            ("selection", "The selected jobs"),
            ("filter", "All jobs that match the current filter"),
        ],
        string="Apply to",
        default="selection",
        required=True,
    )
    filter_domain = fields.Char(
        readonly=True, default=lambda r: r._default_filter_domain()
    )
    total_count = fields.Integer(string="All Jobs", compute="_compute_counts")
    concerned_count = fields.Integer(
        string="Affected Jobs",
        compute="_compute_counts",
        help="Jobs whose state allows the action. Other jobs are skipped.",
    )

    @api.depends("scope", "job_ids", "filter_domain")
    def _compute_counts(self):
        states = STATES_OF_ACTION[self._button]
        jobs = self.env["queue.job"]
        for wizard in self:
            domain = wizard._jobs_domain()
            wizard.total_count = jobs.search_count(domain)
            wizard.concerned_count = jobs.search_count(
                domain & Domain("state", "in", states)
            )

    def _jobs_domain(self):
        self.ensure_one()
        if self.scope == "filter" and self.filter_domain:
            return Domain(json.loads(self.filter_domain))
        return Domain("id", "in", self.job_ids._origin.ids)

    def _press_button(self, title):
        jobs = self.env["queue.job"].search(self._jobs_domain())
        jobs._act_on_all(self._button, title)
        return {"type": "ir.actions.act_window_close"}

    def requeue(self) -> Any:
        """Requeue the jobs."""
        return self._press_button(self.env._("Jobs Requeued"))
