"""Jobs of connectors know their run and their backend."""

import json
import logging
import re

from odoo import fields, models
from odoo.exceptions import MissingError, UserError
from odoo.tools import SQL

from odoo.addons.queue_job.job import CANCELLED, FAILED

from ..components.external_id import known_external_id
from .connector_sync_run import CONTEXT_KEY, FINISHED_JOB, OPEN_RUN
from .connector_sync_run_life import LIST_METHODS

_logger = logging.getLogger(__name__)

# Jobs of one record that are shown.
_MOST_JOBS = 200


def _named(model: str, record_id: int) -> str:
    """Return the pattern of the document of records with one among them."""
    ids = rf"\[([0-9]+, )*{record_id}(, [0-9]+)*\]"
    return rf'"model": "{re.escape(model)}", "ids": {ids}'


class QueueJob(models.Model):
    _inherit = "queue.job"

    sync_run_id = fields.Many2one(
        "connector.sync.run",
        "Synchronisation",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    connector_backend_model = fields.Char("Backend Model", readonly=True)
    connector_backend_id = fields.Many2oneReference(
        "Backend", model_field="connector_backend_model", readonly=True
    )

    connector_told = fields.Datetime(
        readonly=True, help="When its failure was told to its backend."
    )

    _failed_of_backend = models.Index(
        "(connector_backend_model, connector_backend_id) WHERE state = 'failed' "
        "AND connector_backend_id IS NOT NULL"
    )
    _by_backend = models.Index(
        "(connector_backend_id, model_name) WHERE connector_backend_id IS NOT NULL"
    )

    def _connector_backend(self):
        """Return the backend that the job works for, empty if there is none."""
        self.ensure_one()
        if self.connector_backend_model not in self.env:
            return self.env["connector.backend"]
        backends = self.env[self.connector_backend_model]
        return backends.browse(self.connector_backend_id).exists()

    def _of_binding(self, binding):
        """Return the jobs of a binding, of its record, or of its external id.

        :param binding: a single one
        """
        link = self.env["connector.sync.line"]._link(binding)
        backend = binding.backend_id
        with backend.work_on(binding._name) as work:
            external_id = known_external_id(work.component(usage="binder"), binding)
        self.flush_model()
        # Documents are texts, as jsonb cannot hold all of them; see jobs.codec.
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM queue_job
                 WHERE connector_backend_model = %(backend_model)s
                   AND connector_backend_id = %(backend_id)s
                   AND ((model_name = %(model)s AND records #>> '{}' ~ %(ids)s)
                     OR args #>> '{}' ~ %(record)s
                     OR (model_name = %(model)s AND args #>> '{}' ~ %(external_id)s))
                 ORDER BY id DESC LIMIT %(most)s
                """,
                backend_model=backend._name,
                backend_id=backend.id,
                model=binding._name,
                ids=_named(binding._name, binding.id),
                record=_named(link["record_model"], link["record_id"]),
                external_id=rf"\}}, {re.escape(json.dumps(external_id))}[],]",
                most=_MOST_JOBS,
            )
        )
        return self.browse(row[0] for row in self.env.cr.fetchall())

    def action_open_sync_run(self) -> dict:
        """Show the run that the job belongs to.

        :raise UserError: there is none (any more)
        """
        self.ensure_one()
        if not self.sync_run_id:
            raise UserError(self.env._("This job belongs to no synchronisation."))
        return self.sync_run_id.action_open()

    def action_open_backend(self) -> dict:
        """Show the backend that the job works for.

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

    # -- what becomes of a job, its run and its backend learn

    def _message_post_on_failure(self):
        # Jobs that end well look after their run themselves; the work of these was
        # rolled back, and this is the one thing each failure does.
        self.sudo().sync_run_id._settle_after_commit()
        return super()._message_post_on_failure()

    def _write_values(self, vals):
        result = super()._write_values(vals)
        if vals.get("state") == FAILED:
            for job in self.sudo():
                job._tell_backend_safely()
        return result

    def _tell_backend_safely(self) -> None:
        """Have the backend know, and the failure stored whatever comes of that."""
        try:
            with self.env.cr.savepoint():
                self._tell_backend()
        except Exception:
            _logger.exception("The failure of job %s is not told", self.uuid)

    def _tell_backend(self) -> None:
        """Have the backend know that this job failed."""
        backend = self._connector_backend()
        if not backend:
            return
        if not self.sync_run_id:
            self.env["connector.sync.line"]._report_lone_job(self)
        if (self.exc_name or "").endswith("RemoteAccessDenied"):
            backend._on_access_denied(self.exc_message or "")

    def _change_job_state(self, state, result=None):
        jobs = self.sudo()
        if state == CANCELLED:
            jobs.sync_run_id._settle_after_commit()
        for job in jobs.filtered(lambda job: job.state == FAILED):
            if job.connector_backend_id and not job.sync_run_id:
                job.env["connector.sync.line"]._forget_job(job, well=state != CANCELLED)
        return super()._change_job_state(state, result=result)

    def unlink(self):
        runs = self.sudo().sync_run_id.filtered(lambda run: run.state in OPEN_RUN)
        for job in self.sudo().filtered("sync_run_id"):
            if job.state not in FINISHED_JOB and job.method_name in LIST_METHODS:
                job.sync_run_id._note_incomplete(
                    self.env._("A job was deleted before its end: %s", job.name)
                )
        runs._settle_after_commit()
        return super().unlink()


class Base(models.AbstractModel):
    _inherit = "base"

    def _job_prepare_context_before_enqueue_keys(self):
        return (*super()._job_prepare_context_before_enqueue_keys(), CONTEXT_KEY)

    def _job_store_values(self, job):
        values = super()._job_store_values(job)
        run_id = job.recordset.env.context.get(CONTEXT_KEY)
        if run_id:
            values = {**values, "sync_run_id": run_id}
        if not (job._record_id or job._may_be_stored):
            # pylint: disable-next=assignment-from-none
            backend = self._job_backend(job)
            if backend:
                values = {
                    **values,
                    "connector_backend_model": backend._name,
                    "connector_backend_id": backend.id,
                }
        return values

    def _job_backend(self, job):
        """Return the backend that a new job works for, ``None`` if there is none."""
        return None


class ConnectorBackend(models.AbstractModel):
    _inherit = "connector.backend"

    def _job_backend(self, job):
        return self if len(self) == 1 else None

    def _on_access_denied(self, message: str) -> None:
        """Act on a job that failed as the other system refused its credentials."""


class ExternalBinding(models.AbstractModel):
    _inherit = "external.binding"

    def _job_backend(self, job):
        kind = self.pool["connector.backend"]
        for value in (*job.args, *job.kwargs.values()):
            if isinstance(value, kind) and len(value) == 1:
                return value
        field = self._fields.get("backend_id")
        if not field or field.type != "many2one":
            return None
        try:
            backend = self.sudo()[:1].backend_id
        except MissingError:
            return None
        return backend if isinstance(backend, kind) and backend else None
