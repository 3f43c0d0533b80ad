from collections import Counter
from collections.abc import Iterable

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.queue_job.job import CANCELLED, DONE, FAILED

from ..components.result import SyncResult

CONTEXT_KEY = "connector_sync_run"
COUNTERS = ("seen", "created", "updated", "unchanged", "skipped")
_FINISHED = (DONE, CANCELLED, FAILED)


class ConnectorSyncRun(models.Model):
    """What was asked of a backend, how far it is, and what came of it.

    Counts are right whatever runs at once: a job inserts its own tally in its own
    transaction and nobody updates a shared row, so a job tried again counts once.
    Jobs belong to a run by a context key, which the jobs they delay inherit.
    """

    _name = "connector.sync.run"
    _description = "Synchronisation"
    _order = "id desc"

    backend_model = fields.Char(required=True, readonly=True)
    backend_id = fields.Many2oneReference(
        "Backend id", model_field="backend_model", required=True, readonly=True
    )
    backend_ref = fields.Reference(
        selection="_select_backend", compute="_compute_backend_ref", string="Backend"
    )
    backend_name = fields.Char(
        "Name of the backend",
        compute="_compute_backend_name",
        search="_search_backend_name",
    )
    company_id = fields.Many2one("res.company", readonly=True)
    direction = fields.Selection(
        [("import", "Import"), ("export", "Export")], required=True, readonly=True
    )
    model = fields.Char(required=True, readonly=True)
    model_label = fields.Char(compute="_compute_model_label", string="Records")
    filters = fields.Json(readonly=True)
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        default="pending",
        required=True,
        readonly=True,
    )
    date_start = fields.Datetime("Started", readonly=True)
    date_done = fields.Datetime("Ended", readonly=True)

    seen = fields.Integer(compute="_compute_counts")
    created = fields.Integer(compute="_compute_counts")
    updated = fields.Integer(compute="_compute_counts")
    unchanged = fields.Integer(compute="_compute_counts")
    skipped = fields.Integer(compute="_compute_counts")
    failed = fields.Integer(compute="_compute_counts")
    tally_ids = fields.One2many("connector.sync.tally", "run_id")
    line_ids = fields.One2many("connector.sync.line", "run_id", string="Details")

    job_count = fields.Integer("Jobs made", compute="_compute_jobs")
    job_done_count = fields.Integer("Jobs ended", compute="_compute_jobs")
    job_failed_count = fields.Integer("Jobs failed", compute="_compute_jobs")
    progress = fields.Float(compute="_compute_jobs", help="Ended jobs, in percent.")

    _open_per_backend = models.Index(
        "(backend_model, backend_id) WHERE state IN ('pending', 'running')"
    )
    _by_backend = models.Index("(backend_model, backend_id, id DESC)")

    @api.model
    def _select_backend(self):
        names = self.pool.descendants(["connector.backend"], "_inherit")
        return [
            (name, self.env["ir.model"]._get(name).name)
            for name in names
            if not self.env[name]._abstract
        ]

    @api.depends("backend_model", "backend_id")
    def _compute_backend_ref(self):
        for run in self:
            known = run.backend_model in self.env and run.backend_id
            run.backend_ref = (
                f"{run.backend_model},{run.backend_id}" if known else False
            )

    @api.depends("backend_ref")
    def _compute_backend_name(self):
        for run in self:
            run.backend_name = run.backend_ref.display_name or ""

    def _search_backend_name(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        domains = []
        for name, _label in self._select_backend():
            backends = self.env[name].with_context(active_test=False)
            if backends.has_access("read"):
                found = backends.search([("display_name", operator, value)])
                domains.append(
                    Domain("backend_model", "=", name)
                    & Domain("backend_id", "in", found.ids)
                )
        return Domain.OR(domains)

    @api.depends("model")
    @api.depends_context("lang")
    def _compute_model_label(self):
        for run in self:
            known = run.model in self.env
            run.model_label = (
                self.env["ir.model"]._get(run.model).name if known else run.model
            )

    @api.depends("direction", "model_label")
    @api.depends_context("lang")
    def _compute_display_name(self):
        directions = dict(self._fields["direction"]._description_selection(self.env))
        for run in self:
            run.display_name = f"{directions.get(run.direction)}: {run.model_label}"

    @api.depends("tally_ids", "line_ids.resolved")
    def _compute_counts(self):
        sums = {
            run.id: values
            for run, *values in self.env["connector.sync.tally"]._read_group(
                [("run_id", "in", self.ids)],
                ["run_id"],
                [f"{name}:sum" for name in COUNTERS],
            )
        }
        failed = dict(
            self.env["connector.sync.line"]._read_group(
                [
                    ("run_id", "in", self.ids),
                    ("kind", "=", "failed"),
                    ("resolved", "=", False),
                ],
                ["run_id"],
                ["__count"],
            )
        )
        for run in self:
            for name, value in zip(
                COUNTERS, sums.get(run.id, [0] * len(COUNTERS)), strict=True
            ):
                run[name] = value
            run.failed = failed.get(run, 0)

    # No dependency on the jobs' state: each of their many changes would look for runs.
    def _compute_jobs(self):
        counts = {run.id: Counter() for run in self}
        # Who may see a run need not see all jobs of the database.
        jobs = self.env["queue.job"].sudo()
        for run, state, count in jobs._read_group(
            [("sync_run_id", "in", self.ids)], ["sync_run_id", "state"], ["__count"]
        ):
            counts[run.id][state] = count
        for run in self:
            count = counts.get(run.id, Counter())
            run.job_count = sum(count.values())
            run.job_done_count = sum(count[state] for state in _FINISHED)
            run.job_failed_count = count[FAILED]
            run.progress = (
                100 * run.job_done_count / run.job_count if run.job_count else 0
            )

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

    def _count(self, results: Iterable[SyncResult], seen: int = 0) -> None:
        """Add what became of some records, in this job's own rows."""
        results = list(results)
        if not self:
            return
        kinds = Counter(result.kind for result in results)
        versions = [result.version for result in results if result.version]
        if results or seen:
            self.env["connector.sync.tally"].create(
                {
                    "run_id": self.id,
                    "seen": seen,
                    "watermark": max(versions, default=None),
                    **{name: kinds[name] for name in COUNTERS if name in kinds},
                }
            )
        self.env["connector.sync.line"]._report(self, results)

    # -- the end of a run

    def _settle_after_commit(self) -> None:
        """Look, once this transaction is committed, whether it was the last one.

        Two jobs that end at the same time do not see each other's end before their
        commit; after it, the later one sees both.
        """
        run_ids, registry = self.ids, self.env.registry

        def settle():
            with registry.cursor() as cr:
                api.Environment(cr, api.SUPERUSER_ID, {})[self._name].browse(
                    run_ids
                )._settle()

        self.env.cr.postcommit.add(settle)

    def _settle(self) -> None:
        """Close those of these runs whose jobs have all ended."""
        self.env["queue.job"].flush_model(["state", "sync_run_id"])
        self.flush_model(["state"])
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM connector_sync_run run
                 WHERE id = ANY(%s) AND state IN ('pending', 'running')
                   AND EXISTS (SELECT FROM queue_job WHERE sync_run_id = run.id)
                   AND NOT EXISTS (SELECT FROM queue_job
                                    WHERE sync_run_id = run.id AND NOT state = ANY(%s))
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                self.ids,
                list(_FINISHED),
            )
        )
        for run in self.browse([row[0] for row in self.env.cr.fetchall()]):
            run._close()

    def _close(self) -> None:
        self.env["connector.sync.line"]._report_failed_jobs(self)
        self.invalidate_recordset()
        complete = not self.job_failed_count
        self.write(
            {
                "state": "failed" if self.failed or not complete else "done",
                "date_start": self.date_start or fields.Datetime.now(),
                "date_done": fields.Datetime.now(),
            }
        )
        if self.backend_ref:
            self.backend_ref._on_sync_run_closed(self, complete)

    def _watermark(self) -> str | None:
        """Return how new the newest record of this run was, as the other side says."""
        return max((w for w in self.tally_ids.mapped("watermark") if w), default=None)

    @api.model
    def _cron_settle(self) -> None:
        """Close what a crash left open between the last commit and a look at it."""
        self.search([("state", "in", ("pending", "running"))])._settle()

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
        return self.backend_ref._start_sync(self.direction, self.model, self.filters)

    def action_retry_failed(self) -> None:
        """Try again what failed: jobs and single records."""
        self.line_ids.filtered(
            lambda line: line.kind == "failed" and not line.resolved
        ).action_retry()
