"""Jobs of connectors know their run and their backend, and report their failures."""

from __future__ import annotations

import logging

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.queue_job.job import CANCELLED, FAILED

from ..components.binding.external_id import known_external_id
from .sync.run import FINISHED_JOB, OPEN_RUN
from .sync.run_lifecycle import LIST_METHODS

_logger = logging.getLogger(__name__)

# Maximum number of jobs shown for a record.
_MOST_JOBS = 200


class QueueJob(models.Model):
    _inherit = "queue.job"

    sync_run_id = fields.Many2one(
        "connector.sync.run",
        "Synchronization",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    connector_backend_model = fields.Char("Backend Model", readonly=True)
    connector_backend_id = fields.Many2oneReference(
        "Backend", model_field="connector_backend_model", readonly=True
    )
    connector_record_model = fields.Char("Record Model", readonly=True)
    connector_record_id = fields.Many2oneReference(
        "Record",
        model_field="connector_record_model",
        readonly=True,
        help="Record that the job processes, if it is a single one.",
    )
    connector_external_id = fields.Char(
        "External ID",
        readonly=True,
        help="External ID of the record that the job processes.",
    )

    connector_failure_reported = fields.Datetime(
        "Failure Reported",
        readonly=True,
        help="When the failure was reported to the backend.",
    )

    _failed_of_backend = models.Index(
        "(connector_backend_model, connector_backend_id) WHERE state = 'failed' "
        "AND connector_backend_id IS NOT NULL"
    )
    _by_backend = models.Index(
        "(connector_backend_id, model_name) WHERE connector_backend_id IS NOT NULL"
    )

    def _connector_backend(self):
        """Return the backend of the job, empty if there is none."""
        self.ensure_one()
        if self.connector_backend_model not in self.env:
            return self.env["connector.backend"]
        backends = self.env[self.connector_backend_model]
        return backends.browse(self.connector_backend_id).exists()

    def _of_binding(self, binding):
        """Return the jobs of a binding, of its record, or of its external ID.

        :param binding: a single one
        """
        link = self.env["connector.sync.line"]._link(binding)
        backend = binding.backend_id
        with backend.work_on(binding._name) as work:
            external_id = known_external_id(work.component(usage="binder"), binding)
        records = Domain.OR(
            Domain("connector_record_model", "=", model)
            & Domain("connector_record_id", "=", record_id)
            for model, record_id in (
                (binding._name, binding.id),
                (link["record_model"], link["record_id"]),
            )
        )
        if external_id is not None:
            records |= Domain("model_name", "=", binding._name) & Domain(
                "connector_external_id", "=", str(external_id)
            )
        of_backend = [
            ("connector_backend_model", "=", backend._name),
            ("connector_backend_id", "=", backend.id),
        ]
        return self.search(
            Domain(of_backend) & records, order="id DESC", limit=_MOST_JOBS
        )

    def action_open_sync_run(self) -> dict:
        """Show the run of the job.

        :raise UserError: there is none (any more)
        """
        self.ensure_one()
        if not self.sync_run_id:
            raise UserError(
                self.env._("This job does not belong to a synchronization.")
            )
        return self.sync_run_id.action_open()

    def action_open_backend(self) -> dict:
        """Show the backend of the job.

        :raise UserError: it does not exist (any more)
        """
        backend = self._connector_backend()
        if not backend:
            raise UserError(self.env._("The backend of this job was deleted."))
        return {
            "type": "ir.actions.act_window",
            "res_model": backend._name,
            "res_id": backend.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # -- the run and the backend are notified of the end of a job

    def _message_post_on_failure(self):
        # Successful jobs update their run themselves; failed ones were rolled back, and
        # this is called for each failure.
        self.sudo().sync_run_id._settle_after_commit()
        return super()._message_post_on_failure()

    def _write_values(self, vals):
        result = super()._write_values(vals)
        if vals.get("state") == FAILED:
            for job in self.sudo():
                job._report_failure_safely()
        return result

    def _report_failure_safely(self) -> None:
        """Report the failure to the backend; the failure is stored even if this
        fails."""
        try:
            with self.env.cr.savepoint():
                self._report_failure()
        except Exception:
            _logger.exception("job failure could not be reported: job=%s", self.uuid)

    def _report_failure(self) -> None:
        """Report the failure of this job to the backend."""
        backend = self._connector_backend()
        if not backend:
            return
        if not self.sync_run_id:
            self.env["connector.sync.line"]._report_standalone_job(self)
        if (self.exc_name or "").endswith("RemoteAccessDenied"):
            backend._on_access_denied(self.exc_message or "")

    def _change_job_state(self, state, result=None):
        jobs = self.sudo()
        if state == CANCELLED:
            jobs.sync_run_id._settle_after_commit()
        for job in jobs.filtered(lambda job: job.state == FAILED):
            if job.connector_backend_id and not job.sync_run_id:
                job.env["connector.sync.line"]._close_job_failure(
                    job, well=state != CANCELLED
                )
        return super()._change_job_state(state, result=result)

    def unlink(self) -> bool:
        runs = self.sudo().sync_run_id.filtered(lambda run: run.state in OPEN_RUN)
        for job in self.sudo().filtered("sync_run_id"):
            if job.state not in FINISHED_JOB and job.method_name in LIST_METHODS:
                job.sync_run_id._note_incomplete(
                    self.env._("A job was deleted before it finished: %s", job.name)
                )
        runs._settle_after_commit()
        return super().unlink()
