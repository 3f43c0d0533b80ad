"""What a new job of a connector is stored with: its run, its backend, its record."""

from odoo import models
from odoo.exceptions import MissingError

from ..components.binding.external_id import is_external_id
from ..components.sanitize import sanitize_text
from .sync.run import CONTEXT_KEY


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
                    **_values_about(job, backend),
                }
        return values

    def _job_backend(self, job):
        """Return the backend of a new job, ``None`` if there is none."""
        return None


def _values_about(job, backend) -> dict:
    """Return the values that identify the record of a new job."""
    arguments = (*job._args, *job._kwargs.values())
    record = next(
        (
            value
            for value in (job.recordset, *arguments)
            if isinstance(value, models.BaseModel)
            and len(value) == 1
            and value != backend
        ),
        None,
    )
    external_id = next(
        (
            value
            for value in arguments
            if isinstance(value, str | int) and is_external_id(value)
        ),
        None,
    )
    values = {}
    if record is not None:
        values["connector_record_model"] = record._name
        values["connector_record_id"] = record.id
    if external_id is not None:
        values["connector_external_id"] = sanitize_text(str(external_id))
    return values


class ConnectorBackend(models.AbstractModel):
    _inherit = "connector.backend"

    def _job_backend(self, job):
        return self if len(self) == 1 else None

    def _on_access_denied(self, message: str) -> None:
        """Handle a job that failed because its credentials were rejected."""


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
            # A slice of one record forgets the records it was read with.
            first = self if len(self) == 1 else self[:1]
            backend = first.sudo().backend_id
        except MissingError:
            return None
        return backend if isinstance(backend, kind) and backend else None
