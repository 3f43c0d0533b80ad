import json
import logging
from collections import defaultdict
from collections.abc import Iterable

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.component.exception import ComponentException

from ...components.binding.external_id import is_external_id, known_external_id
from ...components.http.redaction import mask_data
from ...components.result import SyncResult
from ...components.sanitize import sanitize_json, sanitize_text

_logger = logging.getLogger(__name__)

#: Domain of unresolved failures.
OPEN_FAILURE = [
    ("kind", "=", "failed"),
    ("resolved", "=", False),
    ("dismissed", "=", False),
]
#: Method of bindings that retries a failed record.
RETRY_METHOD = "import_again"
#: Methods of bindings that import a single record: its backend and its ID come first.
RECORD_METHODS = ("import_record", RETRY_METHOD)


class ConnectorSyncLine(models.Model):
    """Failed, skipped and deleted records, with the reason.

    One line for each failed record, however often and in whichever run it failed, with
    the data needed to retry it; one for each job that failed as a whole; one for all
    records of a job that were skipped for the same reason.
    """

    _name = "connector.sync.line"
    _inherit = "connector.backend.reference"
    _description = "Synchronization Line"
    _order = "kind, id"
    _rec_name = "external_id"

    backend_model = fields.Char(required=False)
    backend_id = fields.Many2oneReference(required=False)
    # The last run with this failure; empty for a job without a run.
    run_id = fields.Many2one(
        "connector.sync.run",
        "Synchronization",
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    earlier_run_ids = fields.Many2many(
        "connector.sync.run",
        "connector_sync_line_earlier_run",
        "line_id",
        "run_id",
        "Earlier Synchronizations",
        readonly=True,
    )
    company_id = fields.Many2one("res.company", readonly=True)
    model = fields.Char("Binding Model", readonly=True)
    kind = fields.Selection(
        [
            ("created", "Created"),
            ("updated", "Updated"),
            ("unchanged", "Unchanged"),
            ("skipped", "Skipped"),
            ("deleted", "Deleted"),
            ("failed", "Failed"),
        ],
        "Outcome",
        required=True,
        readonly=True,
    )
    reason = fields.Text(readonly=True)
    quantity = fields.Integer(default=1, readonly=True, string="Records")
    external_id = fields.Char("External ID", readonly=True)
    payload = fields.Json(readonly=True, groups="connector.group_connector_manager")
    payload_text = fields.Text(
        "Content",
        compute="_compute_payload_text",
        groups="connector.group_connector_manager",
    )
    job_uuid = fields.Char("Job", readonly=True, index="btree_not_null")
    is_job = fields.Boolean(
        "Whole Job", readonly=True, help="The whole job failed, not a single record."
    )
    record_model = fields.Char(readonly=True)
    record_id = fields.Many2oneReference(model_field="record_model", readonly=True)
    resolved = fields.Boolean(readonly=True, help="A later attempt succeeded.")
    dismissed = fields.Boolean(readonly=True, help="Excluded from retries.")
    attempts = fields.Integer(readonly=True)
    last_failure = fields.Datetime(readonly=True)
    next_try = fields.Datetime(
        "Next Retry",
        readonly=True,
        help="The first run of the flow after this time retries the record.",
    )

    _one_per_record = models.UniqueIndex(
        "(backend_model, backend_id, model, external_id) WHERE kind = 'failed' "
        "AND resolved IS NOT TRUE AND dismissed IS NOT TRUE",
        "Another job is recording the failure of this record.",
    )
    _unresolved_of_model = models.Index(
        "(backend_id, model, external_id) WHERE kind = 'failed' "
        "AND resolved IS NOT TRUE"
    )
    _failed_binding = models.Index(
        "(record_model, record_id) WHERE kind = 'failed' AND resolved IS NOT TRUE"
    )

    @api.depends("payload")
    def _compute_payload_text(self):
        for line in self:
            line.payload_text = line.payload is not False and json.dumps(
                line.payload, indent=2, ensure_ascii=False
            )

    @api.depends("external_id", "reason", "kind")
    def _compute_display_name(self):
        for line in self:
            what = line.external_id or (line.reason or "").partition("\n")[0]
            line.display_name = f"{line._kind_label(line.kind)}: {what[:60]}"

    @api.model
    def _kind_label(self, kind: str) -> str:
        return dict(self._fields["kind"]._description_selection(self.env))[kind]

    # -- results of runs

    @api.model
    def _report(self, run, results: Iterable[SyncResult]) -> None:
        """Store the reasons in ``results``; successful results resolve earlier
        failures."""
        job_uuid = self.env.context.get("job_uuid")
        self._resolve_succeeded(results)
        skipped = defaultdict(list)
        failures, deleted = [], []
        for result in results:
            if result.conflict:
                skipped[result.conflict].append(str(result.external_id))
            if result.kind == "skipped":
                skipped[result.reason].append(str(result.external_id))
            elif result.kind == "failed":
                failures.append(self._of_failure(result))
            elif result.kind == "deleted":
                deleted.append(
                    {
                        "kind": "deleted",
                        "reason": result.reason,
                        "external_id": sanitize_text(str(result.external_id)),
                        **self._link(result.binding),
                    }
                )
        common = {**self._of_run(run), "job_uuid": job_uuid}
        self.create(
            [
                {
                    **common,
                    "kind": "skipped",
                    "reason": reason,
                    "quantity": len(ids),
                    "external_id": sanitize_text(", ".join(ids)),
                }
                for reason, ids in skipped.items()
            ]
            + [{**common, **values} for values in deleted]
        )
        failed = self._record_failures([{**common, **values} for values in failures])
        if job_uuid:
            # The job, or records without an ID in a list that was read again.
            before = [("job_uuid", "=", job_uuid), ("external_id", "=", False)]
            succeeded = self.search([*OPEN_FAILURE, *before]) - failed
            succeeded.resolved = True

    @api.model
    def _of_failure(self, result: SyncResult) -> dict:
        return {
            "reason": result.reason,
            "external_id": is_external_id(result.external_id)
            and sanitize_text(str(result.external_id)),
            "payload": mask_data(sanitize_json(result.payload)),
            **self._link(result.binding),
        }

    @api.model
    def _report_outside_of_runs(self, results: Iterable[SyncResult]) -> None:
        """Store failures; successes resolve earlier failures."""
        self._resolve_succeeded(results)
        for result in results:
            if result.kind == "failed" and result.backend:
                self._record_failures(
                    [
                        {
                            **self._outside_of_runs(result.backend),
                            "job_uuid": self.env.context.get("job_uuid"),
                            "model": result.model,
                            **self._of_failure(result),
                        }
                    ]
                )

    @api.model
    def _outside_of_runs(self, backend) -> dict:
        return {"run_id": False, **self._backend_values(backend)}

    @api.model
    def _report_once(self, run, reason: str, quantity: int) -> None:
        """Store a reason that applies to many records, once per run."""
        line = {"run_id": run.id, "kind": "skipped", "reason": reason}
        if not self.search_count([(key, "=", line[key]) for key in line], limit=1):
            self.create({**self._of_run(run), **line, "quantity": quantity})

    @api.model
    def _of_run(self, run) -> dict:
        names = ("backend_model", "backend_id", "model")
        return {
            "run_id": run.id,
            "company_id": run.company_id.id,
            **{name: run[name] for name in names},
        }

    @api.model
    def _link(self, record) -> dict:
        """Return the reference to the record bound by a binding, if it exists."""
        record = record and record.exists()
        if not record:
            return {}
        try:
            record = self.env["queue.job"]._unwrap_bindings(record, "binder")
        except (ComponentException, AttributeError) as error:
            # The failure must be reported even if the connector is incomplete.
            _logger.info(
                "binding cannot be unwrapped: binding=%s error=%s", record, error
            )
        return {"record_model": record._name, "record_id": record.id}

    @api.model
    def _open_of(self, binding):
        """Return the latest unresolved failure of the record of a binding."""
        backend = getattr(binding, "backend_id", None)
        if not backend or not binding.ids:
            return self.browse()
        failed = [*OPEN_FAILURE, *self._backend_domain(backend)]
        if not self.search_count(failed, limit=1):
            return self.browse()
        with backend.work_on(binding._name) as work:
            external_id = known_external_id(work.component(usage="binder"), binding)
        link = self._link(binding)
        about = Domain("record_model", "=", link.get("record_model")) & Domain(
            "record_id", "=", link.get("record_id") or -1
        )
        if external_id is not None:
            about |= Domain("model", "=", binding._name) & Domain(
                "external_id", "=", str(external_id)
            )
        return self.search(Domain(failed) & about, order="id desc", limit=1)
