"""State changes by users: the transitions, and their side effects."""

import logging

from odoo.exceptions import UserError

from ...job import CANCELLED, DONE, FAILED, PENDING, STARTED, Job, database_now
from ...job.dependencies import cancel_dependents, release_dependents
from ...job.loading import LOADING_ERRORS
from ...job.states import CANCEL, REQUEUE, SET_DONE, WAIT, WAITING_STATES
from ..part import Part

_logger = logging.getLogger(__name__)

#: The transitions that users may request, by target state.
_BY_STATE = {DONE: SET_DONE, PENDING: REQUEUE, CANCELLED: CANCEL}


class JobTransitions(Part):
    _name = "queue.job"
    _register = False

    def _allowed(self, transition):
        """Return the jobs whose state allows the transition; log the others."""
        allowed = self.filtered(lambda job: job.state in transition.sources)
        if refused := self - allowed:
            _logger.info(
                "Jobs skipped because of their state: target=%s jobs=%s",
                transition.target,
                ", ".join(f"{job.uuid} ({job.state})" for job in refused),
            )
        return allowed

    def _change_job_state(self, state, result=None):
        """Move jobs to ``state``, with all side effects.

        :raises ValueError: for a state other than done, pending and cancelled
        """
        if state not in _BY_STATE:
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
        values = _BY_STATE[state].values(now)
        if state == PENDING and any(
            job.state != DONE for job in self.sudo().dependency_ids
        ):
            values.update(WAIT.values(now))
        if result is not None:
            values["result"] = result
        return values

    def _follow_transition(self, state):
        """Update the dependents of a job that moved to ``state``."""
        self.ensure_one()
        if not self.graph_uuid or state == PENDING:
            return
        dependents = (self.sudo().dependencies or {}).get("reverse_depends_on") or []
        if state == DONE:
            release_dependents(self.env, self.uuid, self.graph_uuid, dependents)
        else:
            cancel_dependents(self.env, self.uuid, self.date_cancelled)

    def _write_state_by_hand(self, vals):
        """Write values that include a state, as a user would over RPC.

        The state has the same side effects as the buttons.

        :raises UserError: for a state that only the queue sets, and for a running job
        """
        state = vals["state"]
        if state not in (*_BY_STATE, FAILED):
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
            if state == PENDING and job._waiting_duplicate():
                raise UserError(
                    self.env._(
                        "Job %(job)s cannot be set to pending: job %(other)s with the "
                        "same identity key is already waiting.",
                        job=job.uuid,
                        other=job._waiting_duplicate().uuid,
                    )
                )
            job._write_values({**vals, **job._transition_values(state)})
            job._follow_transition(state)
        return True

    def _waiting_duplicate(self):
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
