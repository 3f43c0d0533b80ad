"""Why a job waits, in its form."""

from odoo import api, fields

from ...engine.diagnostics.explain import Explainer
from ...engine.diagnostics.status import longest_wait
from ..part import Part

_WAITING = ("wait_dependencies", "pending", "enqueued")


class JobWaitingReason(Part):
    _name = "queue.job"
    _register = False

    waiting_reason = fields.Text(
        string="Why It Waits", compute="_compute_waiting_reason"
    )

    def _compute_waiting_reason(self):
        explainer = None
        for job in self:
            if job.state not in _WAITING or not job.uuid:
                job.waiting_reason = False
                continue
            explainer = explainer or Explainer(self.env)
            job.waiting_reason = "\n".join(explainer.explain(job.uuid))

    @api.model
    def _longest_wait(self) -> float:
        """Return for how many seconds the job that waits longest waits, 0.0 without.

        Jobs of channels that are paused, or have a capacity of 0, do not count.
        """
        return longest_wait(self.env)
