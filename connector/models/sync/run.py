from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.queue_job.job import CANCELLED, DONE, FAILED

from .line import OPEN_FAILURE

CONTEXT_KEY = "connector_sync_run"
COUNTERS = (
    "seen",
    "created",
    "updated",
    "unchanged",
    "skipped",
    "compared",
    "missing",
    "deleted",
)
FINISHED_JOB = (DONE, CANCELLED, FAILED)
#: States of a run in progress.
OPEN_RUN = ("pending", "running")
STATES = [
    ("pending", "Waiting"),
    ("running", "Running"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("incomplete", "Incomplete"),
]


class ConnectorSyncRun(models.Model):
    """A sync run: its request, its progress and its results.

    Counts are correct under concurrency: each job inserts its own counters in its own
    transaction and no shared row is updated, so a retried job counts once. Jobs belong
    to a run by a context key, inherited by the jobs they delay.
    """

    _name = "connector.sync.run"
    _inherit = "connector.backend.reference"
    _description = "Synchronization"
    _order = "id desc"

    company_id = fields.Many2one("res.company", readonly=True)
    direction = fields.Selection(
        [("import", "Import"), ("export", "Export")], required=True, readonly=True
    )
    model = fields.Char(required=True, readonly=True)
    model_label = fields.Char(compute="_compute_model_label", string="Records")
    flow = fields.Char(
        "Flow Name",
        readonly=True,
        help="Name of the flow of the backend; empty for synchronizations without a "
        "flow.",
    )
    flow_label = fields.Char(
        "Flow", compute="_compute_flow_label", search="_search_flow_label"
    )
    filters = fields.Json(readonly=True)
    since = fields.Char(
        "Since Parameter",
        readonly=True,
        help="Query parameter that selects the records changed since the cursor.",
    )
    full = fields.Boolean(
        readonly=True, help="Import all records, including unchanged ones."
    )
    moves_cursor = fields.Boolean(
        readonly=True,
        help="If this synchronization is complete, the next run of its flow starts "
        "from its cursor.",
    )
    state = fields.Selection(STATES, default="pending", required=True, readonly=True)
    queued = fields.Boolean(
        readonly=True, help="Starts when the previous synchronization has finished."
    )
    # Set while the run is in progress: one flow cannot be started twice, nor two flows
    # of a model at the same time.
    open_key = fields.Char(readonly=True, copy=False)
    slot = fields.Char(readonly=True, copy=False)
    incomplete_reason = fields.Text(readonly=True, help="Why records may be missing.")
    date_start = fields.Datetime("Started", readonly=True)
    date_done = fields.Datetime("Ended", readonly=True)

    seen = fields.Integer("Processed", compute="_compute_counts")
    created = fields.Integer(compute="_compute_counts")
    updated = fields.Integer(compute="_compute_counts")
    unchanged = fields.Integer(compute="_compute_counts")
    skipped = fields.Integer(compute="_compute_counts")
    compared = fields.Integer(
        compute="_compute_counts", help="Bound records that were compared with a list."
    )
    missing = fields.Integer(
        compute="_compute_counts", help="Bound records that the list did not contain."
    )
    deleted = fields.Integer(
        compute="_compute_counts",
        help="Records that no longer exist in the external system.",
    )
    failed = fields.Integer(compute="_compute_counts")
    taken_over = fields.Integer(
        "Retried Later",
        compute="_compute_counts",
        help=(
            "Records that failed in this synchronization and are counted in the later "
            "one that retried them."
        ),
    )
    earlier_line_ids = fields.Many2many(
        "connector.sync.line",
        "connector_sync_line_earlier_run",
        "run_id",
        "line_id",
        "Earlier Lines",
        readonly=True,
    )
    counter_ids = fields.One2many("connector.sync.counter", "run_id", "Counters")
    line_ids = fields.One2many("connector.sync.line", "run_id", string="Details")

    job_count = fields.Integer("Jobs", compute="_compute_jobs")
    job_done_count = fields.Integer("Finished Jobs", compute="_compute_jobs")
    job_failed_count = fields.Integer("Failed Jobs", compute="_compute_jobs")
    progress = fields.Float(
        compute="_compute_jobs", help="Percentage of jobs that have finished."
    )

    _one_open_per_flow = models.UniqueIndex(
        "(backend_model, backend_id, open_key) WHERE open_key IS NOT NULL",
        "This flow was started by another user at the same time.",
    )
    _one_begun_per_model = models.UniqueIndex(
        "(backend_model, backend_id, slot) WHERE slot IS NOT NULL",
        "Another flow was started for the same records at the same time.",
    )
    _open_per_backend = models.Index(
        "(backend_model, backend_id) WHERE state IN ('pending', 'running')"
    )
    _by_backend = models.Index("(backend_model, backend_id, id DESC)")
    _by_flow = models.Index("(backend_model, backend_id, flow, id DESC)")

    @api.depends("model")
    @api.depends_context("lang")
    def _compute_model_label(self):
        for run in self:
            known = run.model in self.env
            run.model_label = (
                self.env["ir.model"]._get(run.model).name if known else run.model
            )

    def _declared_flow(self):
        """Return the declaration of the flow of this run, if any."""
        self.ensure_one()
        backend = self.backend_ref
        if not self.flow or not backend or not hasattr(backend, "_flow"):
            return None
        return backend._flow(self.flow)

    @api.depends("flow", "backend_ref")
    @api.depends_context("lang")
    def _compute_flow_label(self):
        for run in self:
            declared = run._declared_flow()
            run.flow_label = declared.label if declared else run.flow

    def _search_flow_label(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        # Only a few per backend. Labels of flows are not stored in the database.
        flows = self.env["connector.backend.flow"].search([("name", "!=", False)])
        found = flows.filtered_domain([("label", operator, value)])
        return Domain.OR(
            Domain(flow._same_backend_domain()) & Domain("flow", "=", flow.name)
            for flow in found
        )

    @api.depends("direction", "model_label")
    @api.depends_context("lang")
    def _compute_display_name(self):
        directions = dict(self._fields["direction"]._description_selection(self.env))
        for run in self:
            run.display_name = f"{directions.get(run.direction)}: {run.model_label}"

    # -- called by jobs

    @api.model
    def _current(self):
        """Return the run of this environment, empty if none."""
        run_id = self.env.context.get(CONTEXT_KEY)
        return self.sudo().browse(run_id or ()).exists()

    def _begin(self) -> None:
        """Mark the run as running; check after the commit whether it has ended."""
        for run in self:
            if run.state != "running":
                start = run.date_start or fields.Datetime.now()
                run.write({"state": "running", "date_start": start, "date_done": False})
            run._settle_after_commit()

    @api.autovacuum
    def _gc_old_runs(self):
        """Delete closed runs after 90 days."""
        limit = 1000
        old = self.search(
            [
                (
                    "date_done",
                    "<",
                    fields.Datetime.subtract(fields.Datetime.now(), days=90),
                )
            ],
            limit=limit,
        )
        # Records that still fail are kept.
        old.line_ids.filtered_domain(OPEN_FAILURE).run_id = False
        old.unlink()
        return len(old), len(old) == limit

    # -- buttons

    def action_open(self) -> dict:
        """Show this run."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Synchronization"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def action_open_jobs(self) -> dict:
        """Show the jobs of this run."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Jobs"),
            "res_model": "queue.job",
            "view_mode": "list,form",
            "domain": [("sync_run_id", "=", self.id)],
        }

    def action_repeat(self) -> dict:
        """Start the same run again."""
        self.ensure_one()
        return self.backend_ref._repeat_run(self)

    def action_retry_failed(self) -> None:
        """Retry failed jobs and single records."""
        self.line_ids.filtered_domain(OPEN_FAILURE).action_retry()
