"""What people do with the state of jobs: the transitions, and what comes with them."""

import logging

from odoo.exceptions import UserError

from ...job import CANCELLED, DONE, FAILED, PENDING, STARTED, Job, database_now
from ...job.dependencies import cancel_dependents, release_dependents
from ...job.loading import LOADING_ERRORS
from ...job.states import CANCEL, REQUEUE, SET_DONE, WAIT, WAITING_STATES
from ..part import Part

_logger = logging.getLogger(__name__)

#: What people move jobs by, by the state they ask for.
_BY_STATE = {DONE: SET_DONE, PENDING: REQUEUE, CANCELLED: CANCEL}


class JobTransitions(Part):
    _name = "queue.job"
    _register = False

    def _allowed(self, transition):
        """Return the jobs from whose state a transition may begin; log the others."""
        allowed = self.filtered(lambda job: job.state in transition.sources)
        if refused := self - allowed:
            _logger.info(
                "Jobs that cannot become %s: %s",
                transition.target,
                ", ".join(f"{job.uuid} ({job.state})" for job in refused),
            )
        return allowed

    def _change_job_state(self, state, result=None):
        """Move jobs to ``state`` with all that comes with it.

        :raises ValueError: for a state other than done, pending and cancelled
        """
        if state not in _BY_STATE:
            raise ValueError(f"State not supported: {state}")
        for record in self:
            try:
                job = Job.load(record.env, record.uuid)
            except LOADING_ERRORS as error:
                # what it calls is gone, or unreadable: it still can be put away
                _logger.info("Job %s cannot be loaded: %r", record.uuid, error)
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
        """Return what is written on a job which people move to ``state``."""
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
        """Do for the dependents what a job's move to ``state`` means for them."""
        self.ensure_one()
        if not self.graph_uuid or state == PENDING:
            return
        dependents = (self.sudo().dependencies or {}).get("reverse_depends_on") or []
        if state == DONE:
            release_dependents(self.env, self.uuid, self.graph_uuid, dependents)
        else:
            cancel_dependents(self.env, self.uuid, self.date_cancelled)

    def _write_state_by_hand(self, vals):
        """Write values of which one is a state, as a user would over RPC.

        The state brings with it what the buttons do.

        :raises UserError: for a state which only the queue sets, and for a running job
        """
        state = vals["state"]
        if state not in (*_BY_STATE, FAILED):
            raise UserError(
                self.env._(
                    "The queue itself moves jobs to the state %s, people cannot.", state
                )
            )
        running = self.filtered(lambda job: job.state == STARTED)
        if running:
            raise UserError(
                self.env._(
                    "These jobs are running, their state cannot be changed: %s",
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
                        "Job %(job)s cannot wait: job %(twin)s waits already with "
                        "the same identity key.",
                        job=job.uuid,
                        twin=job._waiting_duplicate().uuid,
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
