from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..sync.run import STATES

if TYPE_CHECKING:
    from typing import Self

_logger = logging.getLogger(__name__)

_KEY = {"backend_model", "backend_id", "name", "company_id"}


class ConnectorBackendFlow(models.Model):
    """The schedule of one flow of one backend.

    The flow itself is declared by its connector: see ``_sync_flows`` of the backend,
    which also creates and deletes these records. A single scheduled action starts all
    due flows; it is triggered at the right time instead of polling.
    """

    _name = "connector.backend.flow"
    _inherit = "connector.backend.reference"
    _description = "Backend Flow"
    _order = "id"
    _rec_name = "label"

    company_id = fields.Many2one("res.company", readonly=True)
    name = fields.Char(required=True, readonly=True)
    label = fields.Char("Flow", compute="_compute_declared")
    direction = fields.Selection(
        [("import", "Import"), ("export", "Export")], compute="_compute_declared"
    )

    scheduled = fields.Boolean(help="Run on a schedule.")
    interval_number = fields.Integer("Every", default=1, required=True)
    interval_type = fields.Selection(
        [
            ("minutes", "Minutes"),
            ("hours", "Hours"),
            ("days", "Days"),
            ("weeks", "Weeks"),
            ("months", "Months"),
        ],
        "Unit",
        default="days",
        required=True,
    )
    next_run = fields.Datetime(copy=False)
    last_run_id = fields.Many2one(
        "connector.sync.run", "Last Synchronization", compute="_compute_last_run"
    )
    last_run = fields.Datetime(compute="_compute_last_run")
    last_state = fields.Selection(STATES, "Last Result", compute="_compute_last_run")

    _one_per_flow = models.Constraint(
        "UNIQUE (backend_model, backend_id, name)",
        "A backend can have each flow only once.",
    )
    _positive_interval = models.Constraint(
        "CHECK (interval_number > 0)",
        "The interval between two runs must be at least one minute.",
    )
    _due = models.Index("(next_run) WHERE scheduled")

    # -- computed

    def _declared(self):
        backend = self._backend()
        return backend and backend._flow(self.name)

    @api.depends("backend_model", "backend_id", "name")
    @api.depends_context("lang")
    def _compute_declared(self):
        for flow in self:
            declared = flow._declared()
            flow.label = declared.label if declared else flow.name
            flow.direction = declared.direction if declared else False

    @api.depends_context("uid")
    def _compute_last_run(self):
        for flow in self:
            declared = flow._declared()
            flow.last_run_id = declared and self.env["connector.sync.run"].search(
                [*flow._same_backend_domain(), ("flow", "=", flow.name)], limit=1
            )
            flow.last_run = flow.last_run_id.date_start
            flow.last_state = flow.last_run_id.state

    # -- schedule

    def _interval(self) -> relativedelta:
        return relativedelta(**{self.interval_type: self.interval_number})

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Self:
        flows = super().create(vals_list)
        flows._schedule()
        return flows

    def write(self, vals: dict[str, Any]) -> bool:
        if not self.env.su and _KEY.intersection(vals):
            # Its runs are started with all rights, so it cannot be moved.
            raise AccessError(self.env._("A flow cannot be moved to another backend."))
        if {"interval_number", "interval_type"} & set(vals) and "next_run" not in vals:
            vals = {**vals, "next_run": False}
        result = super().write(vals)
        self._schedule()
        return result

    def _schedule(self) -> None:
        """Set the next run of each scheduled flow, and trigger the scheduled action for
        it."""
        scheduled = self.filtered("scheduled")
        if idle := (self - scheduled).filtered("next_run"):
            idle.next_run = False
        for flow in scheduled:
            if not flow.next_run:
                flow.next_run = fields.Datetime.now() + flow._interval()
        if times := scheduled.mapped("next_run"):
            self.env.ref("connector.ir_cron_connector_flows").sudo()._trigger(times)

    @api.model
    def _cron_start_due(self) -> None:
        """Start the due flows, each in a separate transaction."""
        now = fields.Datetime.now()
        due = self.search([("scheduled", "=", True), ("next_run", "<=", now)])
        cron = self.env["ir.cron"]
        for done, flow in enumerate(due, 1):
            flow._start_scheduled(now)
            cron._commit_progress(1, remaining=len(due) - done)

    def _start_scheduled(self, now) -> None:
        interval, moment = self._interval(), self.next_run
        while moment <= now:
            # Runs missed while the server was down are caught up once.
            moment += interval
        self.next_run = moment
        backend = self._backend()
        if not backend or not backend.active:
            return
        try:
            with self.env.cr.savepoint():
                backend._start_flow(self.name)
        except Exception as error:
            _logger.exception(
                "flow cannot start: flow=%s backend=%s", self.name, backend
            )
            backend.write(
                {
                    "connection_state": "error",
                    "connection_message": self.env._(
                        "%(flow)s cannot start: %(why)s", flow=self.label, why=error
                    ),
                }
            )

    # -- buttons

    def action_start(self) -> dict:
        """Start the flow now, regardless of its schedule; show the run."""
        self.ensure_one()
        return self._backend()._start_flow(self.name)

    def action_start_full(self) -> dict:
        """Import all records again, including unchanged ones; show the run."""
        self.ensure_one()
        return self._backend()._start_flow(self.name, full=True)
