"""What people do with jobs: requeue, cancel, set done, open what they are about."""

from odoo import models
from odoo.exceptions import UserError

from ..job import (
    CANCELLED,
    DONE,
    ENQUEUED,
    FAILED,
    PENDING,
    WAIT_DEPENDENCIES,
    Job,
)

#: A job in one of these has not ended well and does not run.
_OPEN_STATES = (WAIT_DEPENDENCIES, PENDING, ENQUEUED, FAILED)
_ENDED_STATES = (FAILED, DONE, CANCELLED)


class QueueJob(models.Model):
    _inherit = "queue.job"

    def _change_job_state(self, state, result=None):
        """Move jobs to ``state`` with all that comes with it.

        :raises ValueError: for a state other than done, pending and cancelled
        """
        for record in self:
            job = Job.load(record.env, record.uuid)
            if state == DONE:
                job.set_done(result=result)
                job.store()
                record.env["queue.job"].flush_model()
                job.enqueue_waiting()
            elif state == PENDING:
                job.set_pending(result=result)
                job.store()
            elif state == CANCELLED:
                job.set_cancelled(result=result)
                job.store()
                record.env["queue.job"].flush_model()
                job.cancel_dependent_jobs()
            else:
                raise ValueError(f"State not supported: {state}")

    def button_done(self):
        """Consider jobs as done without running them; what waited for them runs."""
        result = self.env._("Manually set to done by %s", self.env.user.name)
        jobs = self.filtered(lambda job: job.state in _OPEN_STATES)
        jobs._change_job_state(DONE, result=result)
        return True

    def button_cancelled(self):
        """Cancel jobs and what waits for them."""
        result = self.env._("Cancelled by %s", self.env.user.name)
        for job in self:
            # cancelled meanwhile, when it waits for another job of the selection
            if job.state in _OPEN_STATES:
                job._change_job_state(CANCELLED, result=result)
        return True

    def requeue(self):
        """Let jobs that ended run again."""
        jobs = self.filtered(lambda job: job.state in _ENDED_STATES)
        jobs._change_job_state(PENDING)
        return True

    def open_related_action(self):
        """Open what the job is about."""
        self.ensure_one()
        job = Job.load(self.env, self.uuid)
        action = job.related_action()
        if action is None:
            raise UserError(self.env._("No action available for this job"))
        return action

    def open_graph_jobs(self):
        """Open the list of the jobs of the same graph."""
        self.ensure_one()
        jobs = self.env["queue.job"].search([("graph_uuid", "=", self.graph_uuid)])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "queue_job.action_queue_job"
        )
        action.update(
            {
                "name": self.env._("Jobs for graph %s", self.graph_uuid),
                "context": {},
                "domain": [("id", "in", jobs.ids)],
            }
        )
        return action

    def related_action_open_record(self):
        """Return the action which opens the records of the job, None without any."""
        self.ensure_one()
        records = self.records.exists()
        if not records:
            return None
        action = {
            "name": self.env._("Related Record"),
            "type": "ir.actions.act_window",
            "view_mode": "form",
            "res_model": records._name,
        }
        if len(records) == 1:
            action["res_id"] = records.id
        else:
            action.update(
                {
                    "name": self.env._("Related Records"),
                    "view_mode": "list,form",
                    "domain": [("id", "in", records.ids)],
                }
            )
        return action
