"""User actions on jobs: requeue, cancel, set to done, open related records."""

import logging

from odoo.exceptions import UserError

from ..engine.fate import job_code
from ..exception import UndecodableJobError
from ..job import (
    CANCELLED,
    DONE,
    ENQUEUED,
    FAILED,
    PENDING,
    STARTED,
    WAIT_DEPENDENCIES,
    Job,
    database_now,
)
from ..jobs.links import cancel_descendants, release_children
from ..jobs.loading import LOADING_ERRORS
from ..jobs.states import WAITING_STATES
from .part import Part

_logger = logging.getLogger(__name__)

#: Jobs in one of these states are neither running nor successfully finished.
OPEN_STATES = (WAIT_DEPENDENCIES, PENDING, ENQUEUED, FAILED)
ENDED_STATES = (FAILED, DONE, CANCELLED)


class QueueJobButtons(Part):
    _name = "queue.job"
    _register = False

    def _change_job_state(self, state, result=None):
        """Move jobs to ``state``, with all side effects.

        :raises ValueError: for a state other than done, pending and cancelled
        """
        if state not in (DONE, PENDING, CANCELLED):
            raise ValueError(f"State not supported: {state}")
        for record in self:
            try:
                job = Job.load(record.env, record.uuid)
            except LOADING_ERRORS as error:
                # its target is gone or undecodable: its state can still be changed
                _logger.info("Job not loadable: job=%s error=%r", record.uuid, error)
                record.sudo().write(record._transition_values(state, result))
                record._follow_transition(state)
                continue
            if state == DONE:
                job.set_done(result=result)
            elif state == PENDING:
                job.set_pending(result=result)
            else:
                job.set_cancelled(result=result)
            job.store()
            record._follow_transition(state)

    def _transition_values(self, state, result=None):
        """Return the values to write on a job that a user moves to ``state``."""
        self.ensure_one()
        now = database_now(self.env.cr).replace(microsecond=0)
        values = {"state": state}
        if state == DONE:
            values["date_done"] = now
            values.update(dict.fromkeys(("exc_name", "exc_message", "exc_info"), False))
        elif state == CANCELLED:
            values["date_cancelled"] = now
        else:
            if any(job.state != DONE for job in self.sudo().dependency_ids):
                values["state"] = WAIT_DEPENDENCIES
            dates = ("date_enqueued", "date_started", "date_done", "date_cancelled")
            values.update(dict.fromkeys(dates, False), worker_pid=False, retry=0)
        if result is not None:
            values["result"] = result
        return values

    def _follow_transition(self, state):
        """Update the dependents of a job that moved to ``state``."""
        self.ensure_one()
        if not self.graph_uuid or state == PENDING:
            return
        children = (self.sudo().dependencies or {}).get("reverse_depends_on") or []
        if state == DONE:
            release_children(self.env, self.uuid, self.graph_uuid, children)
        else:
            cancel_descendants(self.env, self.uuid, self.date_cancelled)

    def _write_state_by_hand(self, vals):
        """Write values that include a state, as a user would over RPC.

        The state has the same side effects as the buttons.

        :raises UserError: for a state that only the queue sets, and for a running job
        """
        state = vals["state"]
        if state not in (DONE, PENDING, CANCELLED, FAILED):
            raise UserError(
                self.env._(
                    "Users cannot set the state %s: only the job queue can.", state
                )
            )
        running = self.filtered(lambda job: job.state == STARTED)
        if running:
            raise UserError(
                self.env._(
                    "The state of running jobs cannot be changed: %s. Stop them first.",
                    ", ".join(running.mapped("uuid")),
                )
            )
        for job in self:
            if state == FAILED or job.state == state:
                job._write_values(vals)
                continue
            if state == PENDING and job._waiting_twin():
                raise UserError(
                    self.env._(
                        "Job %(job)s cannot be set to pending: job %(other)s with the "
                        "same identity key is already waiting.",
                        job=job.uuid,
                        other=job._waiting_twin().uuid,
                    )
                )
            job._write_values({**vals, **job._transition_values(state)})
            job._follow_transition(state)
        return True

    def _waiting_twin(self):
        """Return the other waiting job with the same identity key, or none."""
        self.ensure_one()
        if not self.identity_key:
            return self.browse()
        domain = [
            ("identity_key", "=", self.identity_key),
            ("state", "in", WAITING_STATES),
            ("id", "!=", self.id),
        ]
        return self.sudo().search(domain, limit=1)

    def button_done(self):
        """Set jobs to done without running them, and release their dependents."""
        result = self.env._("Manually set to done by %s", self.env.user.name)
        jobs = self.filtered(lambda job: job.state in OPEN_STATES)
        jobs._change_job_state(DONE, result=result)
        return True

    def button_cancelled(self):
        """Cancel jobs and their dependents."""
        result = self.env._("Cancelled by %s", self.env.user.name)
        for job in self:
            # already cancelled if it depends on another job of the selection
            if job.state in OPEN_STATES:
                job._change_job_state(CANCELLED, result=result)
        return True

    def requeue(self):
        """Run finished jobs again."""
        jobs = self.filtered(lambda job: job.state in ENDED_STATES)
        jobs._change_job_state(PENDING)
        return True

    def open_related_action(self):
        """Run the related action of the job."""
        self.ensure_one()
        try:
            job = Job.load(self.env, self.uuid)
        except UndecodableJobError as error:
            raise UserError(
                self.env._(
                    "The job cannot be decoded, so its related record is unknown: "
                    "%(error)s",
                    error=error,
                )
            ) from error
        except LOADING_ERRORS as error:
            raise UserError(
                self.env._(
                    "The job calls %(call)s, which does not exist: %(error)s",
                    call=self.channel_method_name or self.func_string,
                    error=error,
                )
            ) from error
        with job_code():
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
        """Return the action that opens the records of the job, None if it has none."""
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
