from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.queue_job.job import CANCELLED, DONE, FAILED

from .line import OPEN_FAILURE

CONTEXT_KEY = "connector_sync_run"
COUNTERS = ("seen", "created", "updated", "unchanged", "skipped")
FINISHED_JOB = (DONE, CANCELLED, FAILED)
#: States of a run that is not over.
OPEN_RUN = ("pending", "running")
STATES = [
    ("pending", "Waiting"),
    ("running", "Running"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("incomplete", "Incomplete"),
]


class ConnectorSyncRun(models.Model):
    """What was asked of a backend, how far it is, and what came of it.

    Counts are right whatever runs at once: a job inserts its own counter in its own
    transaction and nobody updates a shared row, so a job tried again counts once.
    Jobs belong to a run by a context key, which the jobs they delay inherit.
    """

    _name = "connector.sync.run"
    _inherit = "connector.backend.reference"
    _description = "Synchronisation"
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
        help="Name of the flow of the backend; empty for runs without a flow.",
    )
    flow_label = fields.Char(
        "Flow", compute="_compute_flow_label", search="_search_flow_label"
    )
    filters = fields.Json(readonly=True)
    since = fields.Char(
        "Since Parameter",
        readonly=True,
        help="Query parameter that selects what changed since the cursor.",
    )
    full = fields.Boolean(
        readonly=True, help="Records that seem unchanged are imported, too."
    )
    moves_cursor = fields.Boolean(
        readonly=True,
        help="The next run of the flow continues from here if this run is complete.",
    )
    state = fields.Selection(STATES, default="pending", required=True, readonly=True)
    queued = fields.Boolean(
        readonly=True, help="Starts when the previous run has ended."
    )
    # Each is set while the run is open: two people cannot start one flow at once, nor
    # can two flows of a model begin at once.
    open_key = fields.Char(readonly=True, copy=False)
    slot = fields.Char(readonly=True, copy=False)
    incomplete_reason = fields.Text(
        readonly=True, help="Why the run may have missed records."
    )
    date_start = fields.Datetime("Started", readonly=True)
    date_done = fields.Datetime("Ended", readonly=True)

    seen = fields.Integer(compute="_compute_counts")
    created = fields.Integer(compute="_compute_counts")
    updated = fields.Integer(compute="_compute_counts")
    unchanged = fields.Integer(compute="_compute_counts")
    skipped = fields.Integer(compute="_compute_counts")
    failed = fields.Integer(compute="_compute_counts")
    taken_over = fields.Integer(
        "Retried by later runs",
        compute="_compute_counts",
        help=(
            "Records that failed here and are counted by the later run that retried "
            "them."
        ),
    )
    earlier_line_ids = fields.Many2many(
        "connector.sync.line",
        "connector_sync_line_earlier_run",
        "run_id",
        "line_id",
        readonly=True,
    )
    counter_ids = fields.One2many("connector.sync.counter", "run_id")
    line_ids = fields.One2many("connector.sync.line", "run_id", string="Details")

    job_count = fields.Integer("Jobs made", compute="_compute_jobs")
    job_done_count = fields.Integer("Jobs ended", compute="_compute_jobs")
    job_failed_count = fields.Integer("Jobs failed", compute="_compute_jobs")
    progress = fields.Float(compute="_compute_jobs", help="Ended jobs, in percent.")

    _one_open_per_flow = models.UniqueIndex(
        "(backend_model, backend_id, open_key) WHERE open_key IS NOT NULL",
        "This flow was started by another user at the same time.",
    )
    _one_begun_per_model = models.UniqueIndex(
        "(backend_model, backend_id, slot) WHERE slot IS NOT NULL",
        "Another flow of the same records was started at the same time.",
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
        """Return what the connector declares of this run's flow, if it does."""
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
        # Few: some for each backend. What a flow is called is not in the database.
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

    # -- what jobs call

    @api.model
    def _current(self):
        """Return the run this environment works for, empty if none."""
        run_id = self.env.context.get(CONTEXT_KEY)
        return self.sudo().browse(run_id or ()).exists()

    def _begin(self) -> None:
        """Say that a job of this run works; have its end looked at after the commit."""
        for run in self:
            if run.state != "running":
                start = run.date_start or fields.Datetime.now()
                run.write({"state": "running", "date_start": start, "date_done": False})
            run._settle_after_commit()

    @api.autovacuum
    def _gc_old_runs(self):
        """Forget closed runs after 90 days."""
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
        # Records that still fail are kept in mind.
        old.line_ids.filtered_domain(OPEN_FAILURE).run_id = False
        old.unlink()
        return len(old), len(old) == limit

    # -- buttons

    def action_open(self) -> dict:
        """Show this run."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Synchronisation"),
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
        """Ask for the same again."""
        self.ensure_one()
        return self.backend_ref._repeat_run(self)

    def action_retry_failed(self) -> None:
        """Try again what failed: jobs and single records."""
        self.line_ids.filtered_domain(OPEN_FAILURE).action_retry()
