"""Shows in the job form why a job is waiting."""

from odoo import api, fields

from ...engine.diagnostics.explain import Explainer
from ...engine.diagnostics.status import longest_wait
from ..part import Part

_WAITING = ("wait_dependencies", "pending", "enqueued")


class JobWaitingReason(Part):
    _name = "queue.job"
    _register = False

    waiting_reason = fields.Text(compute="_compute_waiting_reason")

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
        """Return the longest current wait of a job in seconds, 0.0 if none waits.

        Jobs of paused channels and of channels with a capacity of 0 do not count.
        """
        return longest_wait(self.env)
