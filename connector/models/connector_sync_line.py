import json
from collections import defaultdict
from collections.abc import Iterable

from odoo import api, fields, models

from odoo.addons.queue_job.job import CANCELLED, FAILED

from ..components.external_id import is_external_id
from ..components.rest.masking import mask_data
from ..components.result import SyncResult
from ..components.storable import storable, storable_text

_IDS_SHOWN = 20


class ConnectorSyncLine(models.Model):
    """Why records of a run did not arrive.

    One line for each failed record, with what is needed to try it again; one line for
    all records of a job that were skipped for the same reason.
    """

    _name = "connector.sync.line"
    _description = "Detail of a synchronisation"
    _order = "kind, id"

    run_id = fields.Many2one(
        "connector.sync.run",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    kind = fields.Selection(
        [
            ("created", "Created"),
            ("updated", "Updated"),
            ("unchanged", "Unchanged"),
            ("skipped", "Skipped"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Text(readonly=True)
    quantity = fields.Integer(default=1, readonly=True, string="Records")
    external_id = fields.Char("Id over there", readonly=True)
    payload = fields.Json(readonly=True, groups="connector.group_connector_manager")
    payload_text = fields.Text(
        "Content",
        compute="_compute_payload_text",
        groups="connector.group_connector_manager",
    )
    job_uuid = fields.Char("Job", readonly=True, index="btree_not_null")
    record_model = fields.Char(readonly=True)
    record_id = fields.Many2oneReference(model_field="record_model", readonly=True)
    resolved = fields.Boolean(
        "Came later", readonly=True, help="A later try went well."
    )

    @api.depends("payload")
    def _compute_payload_text(self):
        for line in self:
            line.payload_text = line.payload is not False and json.dumps(
                line.payload, indent=2, ensure_ascii=False
            )

    @api.model
    def _kind_label(self, kind: str) -> str:
        return dict(self._fields["kind"]._description_selection(self.env))[kind]

    @api.model
    def _report(self, run, results: Iterable[SyncResult]) -> None:
        """Keep the reasons among ``results``; those that went well resolve old ones."""
        job_uuid = self.env.context.get("job_uuid")
        skipped = defaultdict(list)
        values = []
        arrived = []
        for result in results:
            if result.conflict:
                skipped[result.conflict].append(str(result.external_id))
            if result.kind == "skipped":
                skipped[result.reason].append(str(result.external_id))
            elif result.kind == "failed":
                values.append(
                    {
                        "kind": "failed",
                        "reason": result.reason,
                        "external_id": is_external_id(result.external_id)
                        and storable_text(str(result.external_id)),
                        "payload": mask_data(storable(result.payload)),
                        **self._link(result.binding),
                    }
                )
            elif is_external_id(result.external_id):
                arrived.append(str(result.external_id))
        for reason, ids in skipped.items():
            shown = ", ".join(ids[:_IDS_SHOWN]) + ("…" if ids[_IDS_SHOWN:] else "")
            values.append(
                {
                    "kind": "skipped",
                    "reason": reason,
                    "quantity": len(ids),
                    "external_id": storable_text(shown),
                }
            )
        # Before what fails now is noted: a record without an id cannot be resolved.
        self._resolve(run, arrived, job_uuid)
        self.create([{"run_id": run.id, "job_uuid": job_uuid, **v} for v in values])

    @api.model
    def _report_once(self, run, reason: str, quantity: int) -> None:
        """Note what holds for many records, unless the run has it already."""
        line = {"run_id": run.id, "kind": "skipped", "reason": reason}
        if not self.search_count([(key, "=", line[key]) for key in line], limit=1):
            self.create({**line, "quantity": quantity})

    @api.model
    def _resolve(self, run, external_ids: list[str], job_uuid: str | None) -> None:
        """Mark failures that a later try made good."""
        failed = [("run_id", "=", run.id), ("kind", "=", "failed")]
        self.search(
            [
                *failed,
                ("resolved", "=", False),
                "|",
                ("external_id", "in", external_ids),
                "&",
                ("job_uuid", "=", job_uuid),
                ("external_id", "=", False),
            ]
        ).resolved = True

    @api.model
    def _subject(self, run, job):
        """Return the record that a job is about, ``None`` if it is not a single one."""
        values = (job.records, *job.args, *job.kwargs.values())
        found = [
            value
            for value in values
            if isinstance(value, models.BaseModel) and value != run.backend_ref
        ]
        return next((records for records in found if len(records) == 1), None)

    @api.model
    def _link(self, record) -> dict:
        """Return what leads to the Odoo record that a binding binds, if it exists."""
        record = record and record.exists()
        if not record:
            return {}
        record = self.env["queue.job"]._unwrap_bindings(record, "binder")
        return {"record_model": record._name, "record_id": record.id}

    @api.model
    def _report_failed_jobs(self, run) -> None:
        """Add a line for each job of the run that failed or was cancelled."""
        jobs = self.env["queue.job"].search(
            [("sync_run_id", "=", run.id), ("state", "in", (FAILED, CANCELLED))]
        )
        known = self.search(
            [
                ("run_id", "=", run.id),
                ("job_uuid", "in", jobs.mapped("uuid")),
                ("external_id", "=", False),
                ("resolved", "=", False),
            ]
        )
        told = set(known.mapped("job_uuid"))
        self.create(
            [
                {
                    "run_id": run.id,
                    "kind": "failed",
                    "reason": f"{job.name}: {job.exc_message or job.result or ''}",
                    "job_uuid": job.uuid,
                    **self._link(self._subject(run, job)),
                }
                for job in jobs
                if job.uuid not in told
            ]
        )

    def action_open_record(self) -> dict:
        """Show the record of Odoo that a line is about."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.record_model,
            "res_id": self.record_id,
            "view_mode": "form",
        }

    def action_retry(self) -> None:
        """Try these records, or the jobs that brought them, again."""
        self.check_access("write")
        self.run_id.write({"state": "running", "date_done": False})
        for line in self:
            run = line.run_id
            if not line.external_id:
                # Who may repeat a run need not manage all jobs.
                jobs = self.env["queue.job"].sudo()
                jobs.search([("uuid", "=", line.job_uuid)]).requeue()
                continue
            backend = run.backend_ref.with_context(connector_sync_run=run.id)
            with backend.work_on(run.model) as work:
                id_field = work.component(usage="binder")._external_field
                integer = work.model._fields[id_field].type == "integer"
                external_id = int(line.external_id) if integer else line.external_id
                work.model.with_delay().import_record(backend, external_id, force=True)
