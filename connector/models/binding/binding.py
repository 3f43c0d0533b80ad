from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg2
from psycopg2 import errorcodes

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError

if TYPE_CHECKING:
    from odoo.models import BaseModel


class ConnectorBinding(models.AbstractModel):
    """A binding whose records are synchronized by jobs.

    A connector inherits it once, and adds ``backend_id`` and the external ID. The jobs
    call its methods. They run as the backend, not as the user whose change triggered
    them: with all rights, in the backend's company.
    """

    _name = "connector.binding"
    _inherit = ["external.binding", "connector.coalescing.export"]
    _description = "Binding Synchronized by Jobs"

    external_version = fields.Char(
        readonly=True,
        copy=False,
        help="Version of the external record at the last import.",
    )
    # In addition to the version above: what changed in the external system between an
    # import and an export has still to be imported.
    exported_version = fields.Char(
        readonly=True,
        copy=False,
        help="Version of the external record after the last export; “?” if unknown.",
    )
    # A digest of each value sent, to send only later changes.
    exported_digests = fields.Json(readonly=True, copy=False)
    # By field: address, ETag and time of change of the imported file; false if the file
    # could not be fetched.
    file_sources = fields.Json(readonly=True, copy=False)

    last_error = fields.Text(
        compute="_compute_last_error",
        compute_sudo=True,
        help=(
            "Why the last synchronization of this record failed. Cleared when it "
            "succeeds."
        ),
    )

    def _compute_last_error(self):
        lines = self.env["connector.sync.line"]
        for binding in self:
            failure = lines._open_of(binding)
            binding.last_error = failure.reason or False

    @api.model
    def import_batch(self, backend: BaseModel, filters: dict | None = None) -> str:
        """Import all records that match the filters, page by page."""
        return self._synchronize(self._list_usage(), backend, filters)

    @api.model
    def import_page(
        self, backend: BaseModel, filters: dict | None, page_token: dict
    ) -> str:
        """Import one page of a list."""
        return self._synchronize(
            self._list_usage(), backend, filters, page_token=page_token
        )

    @api.model
    def import_record(
        self, backend: BaseModel, external_id: Any, force: bool = False
    ) -> str:
        """Import one record."""
        return self._synchronize("record.importer", backend, external_id, force=force)

    @api.model
    def import_again(self, backend: BaseModel, external_id: Any) -> str:
        """Retry a failed record, unless it was resolved in the meantime.

        Its error is reported on its line; the job is done in either case.
        """
        with self._work(backend) as work:
            lines = work.env["connector.sync.line"]
            if not lines._is_open(work.collection, self._name, external_id):
                return self.env._(
                    "The failure was resolved in the meantime, or dismissed."
                )
            importer = work.component(usage="record.importer")
            if not hasattr(importer, "run_again"):
                return importer.run(external_id, force=True)
            return importer.run_again(external_id)

    @api.model
    def export_batch(self, backend: BaseModel, domain: list | None = None) -> str:
        """Export all records to export, each in a separate job."""
        return self._synchronize("batch.exporter", backend, domain)

    @api.model
    def export_bound(self, backend: BaseModel, record: BaseModel) -> str:
        """Export an Odoo record, creating its binding if needed."""
        with self._work(backend) as work:
            binding, _new = self._bind(work.collection, record)
            binding = binding.with_env(work.env)
            return work.component(usage="record.exporter").run(binding)

    def export_record(self, fields: list | None = None) -> str:
        """Export the bound record; only ``fields``, if given."""
        self.ensure_one()
        with self._work(self.backend_id) as work:
            binding = self.with_env(work.env)
            return work.component(usage="record.exporter").run(binding, fields)

    def action_export_now(self) -> dict:
        """Export each record completely in a job, including values sent before (a
        button)."""
        self.check_access("write")
        self.with_context(connector_no_export=True).exported_digests = False
        for binding in self:
            binding.with_delay(
                description=self.env._("Export %s", binding.display_name)
            ).export_record()
        return self.backend_id._notify(
            self.env._("Export started"),
            self.env._(
                "Reload the page to see the result: the date of the last "
                "synchronization is updated when the export is done."
            ),
        )

    @api.model
    def export_delete_record(self, backend: BaseModel, external_id: Any) -> str:
        """Delete a record in the external system."""
        return self._synchronize("record.exporter.deleter", backend, external_id)

    def _external_url(self) -> str:
        """Return the URL of the record in the external system, if it has a page."""
        return ""

    def action_open_external(self) -> dict:
        """Open the page of the record in the external system.

        :raise UserError: the record has no page
        """
        self.ensure_one()
        url = self._external_url()
        if not url:
            raise UserError(
                self.env._("%s has no page in the external system.", self.display_name)
            )
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    def action_open_jobs(self) -> dict:
        """Show the jobs of this record, latest first."""
        self.ensure_one()
        jobs = self.env["queue.job"]._of_binding(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Jobs of %s", self.display_name),
            "res_model": "queue.job",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", jobs.ids)],
            "context": {},
        }

    def _synchronize(self, usage: str, backend, *args, **kwargs) -> str:
        """Run the synchronizer of ``usage`` for this model."""
        with self._work(backend) as work:
            return work.component(usage=usage).run(*args, **kwargs)

    def _work(self, backend):
        """Return the work context of jobs: the backend's rights, the job's context."""
        backend = backend.with_env(self.env)._for_jobs()
        backend.env["connector.sync.run"]._current()._begin()
        return backend.work_on(self._name)

    @api.model
    def _bind(self, backend, record) -> tuple:
        """Return the binding of a record to a backend, and whether it was created now.

        :raise ConcurrencyError: another transaction is creating it; requests and jobs
            are retried automatically
        """
        backend = backend.sudo()
        with backend.work_on(self._name) as work:
            binder = work.component(usage="binder")
            values = {binder._backend_field: backend.id, binder._odoo_field: record.id}
        model = self.with_env(backend.env).with_context(
            active_test=False, connector_no_export=True
        )
        binding = model.search([(name, "=", value) for name, value in values.items()])
        if binding:
            return binding, False
        try:
            with self.env.cr.savepoint():
                return model.create(values), True
        except psycopg2.IntegrityError as error:
            if error.pgcode != errorcodes.UNIQUE_VIOLATION:
                raise
            raise ConcurrencyError(
                self.env._(
                    "%s is being bound by another transaction.", record.display_name
                )
            ) from error
