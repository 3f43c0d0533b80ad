from typing import Any

import psycopg2
from psycopg2 import errorcodes

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError


class ConnectorBinding(models.AbstractModel):
    """A binding whose records are synchronised by jobs.

    A connector inherits it once, adds ``backend_id`` and the id of the other side, and
    has the methods its jobs call. They run as the backend, not as the person whose
    change caused them: with all rights, in the backend's company.
    """

    _name = "connector.binding"
    _inherit = ["external.binding", "connector.coalescing.export"]
    _description = "Binding synchronised by jobs"

    external_version = fields.Char(
        readonly=True,
        copy=False,
        help="How new the record was over there at the last import.",
    )
    # Beside the version above: what changed in the remote system between an import and
    # an export has still to be imported.
    exported_version = fields.Char(
        readonly=True,
        copy=False,
        help="Version of the record after the last export; “?” if it is not known.",
    )
    # A digest for each value sent, to send only what changed since.
    exported_digests = fields.Json(readonly=True, copy=False)

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
    def import_batch(self, backend, filters: dict | None = None) -> str:
        """Import all records the filters let through, page by page."""
        return self._synchronise("batch.importer", backend, filters)

    @api.model
    def import_page(self, backend, filters: dict | None, page_token: dict) -> str:
        """Import one page of a list."""
        return self._synchronise(
            "batch.importer", backend, filters, page_token=page_token
        )

    @api.model
    def import_record(self, backend, external_id: Any, force: bool = False) -> str:
        """Import one record."""
        return self._synchronise("record.importer", backend, external_id, force=force)

    @api.model
    def import_again(self, backend, external_id: Any) -> str:
        """Import a record that failed, unless it came meanwhile.

        What is wrong with it is told on its line; the job is done either way.
        """
        with self._work(backend) as work:
            lines = work.env["connector.sync.line"]
            if not lines._is_open(work.collection, self._name, external_id):
                return self.env._(
                    "The record has arrived in the meantime, or was dismissed."
                )
            importer = work.component(usage="record.importer")
            if not hasattr(importer, "run_again"):
                return importer.run(external_id, force=True)
            return importer.run_again(external_id)

    @api.model
    def export_batch(self, backend, domain: list | None = None) -> str:
        """Export all records there are to export, each in a job of its own."""
        return self._synchronise("batch.exporter", backend, domain)

    @api.model
    def export_bound(self, backend, record) -> str:
        """Export an Odoo record, binding it to the backend if it is not yet."""
        with self._work(backend) as work:
            binding, _new = self._bind(work.collection, record)
            binding = binding.with_env(work.env)
            return work.component(usage="record.exporter").run(binding)

    def export_record(self, fields: list | None = None) -> str:
        """Export the bound record, only ``fields`` if any are given."""
        self.ensure_one()
        with self._work(self.backend_id) as work:
            binding = self.with_env(work.env)
            return work.component(usage="record.exporter").run(binding, fields)

    def action_export_now(self) -> dict:
        """Export all of each record by a job, also what was sent before (a button)."""
        self.check_access("write")
        self.with_context(connector_no_export=True).exported_digests = False
        for binding in self:
            binding.with_delay(
                description=self.env._("Export %s", binding.display_name)
            ).export_record()
        return self.backend_id._notify(
            self.env._("The export has begun"),
            self.env._(
                "It is done when the last synchronisation has the time of now: reload "
                "the page to see it."
            ),
        )

    @api.model
    def export_delete_record(self, backend, external_id: Any) -> str:
        """Delete a record over there."""
        return self._synchronise("record.exporter.deleter", backend, external_id)

    def _external_url(self) -> str:
        """Return the address of the record's page over there, where there is one."""
        return ""

    def action_open_external(self) -> dict:
        """Open the record's page in the other system.

        :raise UserError: its connector knows of none
        """
        self.ensure_one()
        url = self._external_url()
        if not url:
            raise UserError(
                self.env._("%s has no page in the other system.", self.display_name)
            )
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    def action_open_jobs(self) -> dict:
        """Show the jobs of this record, the latest first."""
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

    def _synchronise(self, usage: str, backend, *args, **kwargs) -> str:
        """Run the synchroniser of ``usage`` for this model."""
        with self._work(backend) as work:
            return work.component(usage=usage).run(*args, **kwargs)

    def _work(self, backend):
        """Return the work context jobs use: the backend's rights, the job's context."""
        backend = backend.with_env(self.env).sudo()
        if "company_id" in backend._fields:
            backend = backend.with_company(backend.company_id)
        backend.env["connector.sync.run"]._current()._begin()
        return backend.work_on(self._name)

    @api.model
    def _bind(self, backend, record) -> tuple:
        """Return the binding of a record to a backend, and whether it was made now.

        :raise ConcurrencyError: someone else is making it; requests are made again by
            themselves, and so are jobs
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
                self.env._("%s is being bound by somebody else.", record.display_name)
            ) from error
