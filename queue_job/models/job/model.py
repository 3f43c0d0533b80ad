"""The job table: its fields, and the rules for writing to them."""

from __future__ import annotations

import json
import random
import time
from typing import TYPE_CHECKING, Any

from odoo import api, fields, models
from odoo.exceptions import AccessError

# imported directly: a server-wide module is loaded before base_sparse_field adds
# the class to odoo.fields
from odoo.addons.base_sparse_field.models.fields import Serialized

from ...exception import JobError, RetryableJobError
from ...fields import JobSerialized
from ...job import FAILED, STATES
from ...job.fields import PROTECTED_NAMES
from .actions import JobActions
from .cron import JobCron
from .database_copy import JobDatabaseCopy
from .display import JobDisplay
from .engine_fields import JobEngineFields
from .failure import JobFailure
from .graph import JobGraph
from .mass_actions import JobMassActions
from .progress import JobProgress
from .table import JobTable
from .transitions import JobTransitions
from .vacuum import JobVacuum
from .waiting_reason import JobWaitingReason

if TYPE_CHECKING:
    from typing import Self


class QueueJob(
    JobActions,
    JobDatabaseCopy,
    JobCron,
    JobDisplay,
    JobEngineFields,
    JobWaitingReason,
    JobFailure,
    JobGraph,
    JobMassActions,
    JobProgress,
    JobTable,
    JobTransitions,
    JobVacuum,
    models.Model,
):
    """A method of a record, to be run later by a worker."""

    _name = "queue.job"
    _description = "Queue Job"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _log_access = False
    _order = "date_created DESC, date_done DESC"

    _removal_interval = 30  # days
    _default_related_action = "related_action_open_record"

    # Compared by identity, so no value received over RPC can equal it.
    EDIT_SENTINEL = object()
    _protected_fields = PROTECTED_NAMES

    uuid = fields.Char(string="UUID", readonly=True, index=True, required=True)
    graph_uuid = fields.Char(
        string="Graph UUID",
        readonly=True,
        index=True,
        help="Jobs that share a graph UUID depend on each other.",
    )
    user_id = fields.Many2one("res.users")
    company_id = fields.Many2one("res.company", index=True)
    name = fields.Char(string="Description", readonly=True)

    model_name = fields.Char(string="Model", readonly=True)
    method_name = fields.Char(readonly=True)
    records = JobSerialized(
        string="Record(s)", readonly=True, base_type=models.BaseModel
    )
    dependencies = Serialized(string="Dependency Graph UUIDs", readonly=True)
    dependency_graph = Serialized(compute="_compute_dependency_graph")
    graph_jobs_count = fields.Integer(compute="_compute_graph_jobs_count")
    args = JobSerialized(readonly=True, base_type=tuple)
    kwargs = JobSerialized(readonly=True, base_type=dict)
    func_string = fields.Char(string="Task", readonly=True)

    state = fields.Selection(
        STATES, readonly=True, required=True, index=True, copy=False
    )
    priority = fields.Integer(
        aggregator=False, help="Jobs with a lower value run first."
    )
    exc_name = fields.Char(string="Exception", readonly=True)
    exc_message = fields.Char(string="Exception Message", readonly=True, tracking=True)
    exc_info = fields.Text(string="Exception Info", readonly=True)
    result = fields.Text(readonly=True)

    date_created = fields.Datetime(string="Created Date", readonly=True)
    date_started = fields.Datetime(string="Start Date", readonly=True)
    date_enqueued = fields.Datetime(string="Enqueue Time", readonly=True)
    date_done = fields.Datetime(readonly=True)
    exec_time = fields.Float(
        string="Execution Time (avg)",
        readonly=True,
        aggregator="avg",
        help="Seconds from start to end.",
    )
    date_cancelled = fields.Datetime(readonly=True)
    date_failed = fields.Datetime(
        string="Last Failure", readonly=True, help="Date of the last failure."
    )
    exc_place = fields.Char(
        string="Error Location",
        readonly=True,
        help="Innermost line of addon code in the traceback.",
    )

    eta = fields.Datetime(
        string="Execute only after", help="The job does not start before this time."
    )
    retry = fields.Integer(string="Current try")
    max_retries = fields.Integer(
        string="Max. retries",
        help="Number of attempts before a retryable error is final. "
        "0: retry without limit.",
    )
    channel_method_name = fields.Char(readonly=True, string="Complete Method Name")
    job_function_id = fields.Many2one("queue.job.function", readonly=True)
    channel = fields.Char(index=True)
    identity_key = fields.Char(readonly=True)
    superseded_by = fields.Char(
        readonly=True,
        copy=False,
        help="UUID of the waiting job with the same identity key that replaced this "
        "one.",
    )
    worker_pid = fields.Integer(string="Worker PID", readonly=True)

    @api.model_create_multi
    @api.private
    def create(self, vals_list: list[dict[str, Any]]) -> Self:
        """Create rows; for server-side code only: ``Job`` is what stores jobs."""
        return super(
            QueueJob,
            self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True),
        ).create(vals_list)

    def write(self, vals: dict[str, Any]) -> bool:
        """Write values, except those that identify a job.

        :raises AccessError: for a protected field
        """
        if self.env.context.get("_job_edit_sentinel") is not self.EDIT_SENTINEL:
            protected = [name for name in vals if name in self._protected_fields]
            if protected:
                raise AccessError(
                    self.env._(
                        "Not allowed to change field(s): %s", ", ".join(protected)
                    )
                )
        if vals.get("channel") and not self.env.su:
            # entered by a user; code may name channels that do not exist yet
            channel = self.env["queue.job.channel"]._known_name(vals["channel"])
            vals = {**vals, "channel": channel}
        if "user_id" in vals:
            self._bind_to_user(vals["user_id"])
        if "state" in vals and not self.env.su:
            return self._write_state_by_hand(vals)
        return self._write_values(vals)

    def _write_values(self, vals):
        if vals.get("state") == FAILED:
            vals = self._with_failure_details(vals)
            self._message_post_on_failure()
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _bind_to_user(self, user_id):
        """Make the jobs run as this user, as ``with_user`` would."""
        stored = self._stored_json("records") if user_id else {}
        for job in self.filtered(lambda job: job.id in stored):
            target = stored[job.id]
            if isinstance(target, dict) and target.get("uid") != user_id:
                target.update(uid=user_id, su=False)
                job.with_context(_job_edit_sentinel=self.EDIT_SENTINEL).write(
                    {"records": json.dumps(target)}
                )

    @api.model
    def _needaction_domain_get(self):
        """Return the domain of the jobs that need attention."""
        return [("state", "=", "failed")]

    def _test_job(
        self,
        failure_rate=0,
        job_duration=0,
        commit_within_job=False,
        failure_retry_seconds=0,
    ):
        """Exercise the queue: fail at this rate, or take this many seconds."""
        if random.random() <= failure_rate:
            if failure_retry_seconds:
                raise RetryableJobError(
                    f"Retryable job failed, will be retried in "
                    f"{failure_retry_seconds} seconds",
                    seconds=failure_retry_seconds,
                )
            raise JobError("Job failed")
        if job_duration:
            time.sleep(job_duration)
        if commit_within_job:
            # the option exists to show how the queue handles a commit
            self.env.cr.commit()  # pylint: disable=invalid-commit

    def _all_are_done(self):
        """Barrier between two big groups: runs once all jobs of the first are done"""

    def _test_on_fail(self, **kw):
        """On-fail method of ``_test_job``."""
