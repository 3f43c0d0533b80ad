from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from .status import STATUSES

# The ID is that of the backend times this constant, plus the ID of its model; it stays
# below 2^31, the limit of XML-RPC, for up to 20,000 backends.
_MODELS = 100_000
# Number of runs shown per flow.
_RUNS_SHOWN = 7


class ConnectorBackendOverview(models.Model):
    """All backends of all connectors, with their status and their activity of today.

    Nothing is stored: the rows come from searches on each backend model as the current
    user, so the access rights and record rules of those models apply.
    """

    _name = "connector.backend.overview"
    _inherit = "connector.backend.reference"
    _description = "Backend Overview"
    _auto = False
    _order = "backend_model, name, id"

    name = fields.Char(readonly=True)
    backend_model = fields.Char("Model")
    kind_label = fields.Char("Connector", compute="_compute_kind_label")
    company_id = fields.Many2one("res.company", readonly=True)
    connection_state = fields.Char(readonly=True)
    location = fields.Char(readonly=True)

    status = fields.Selection(
        STATUSES, compute="_compute_status", search="_search_status"
    )
    status_message = fields.Char(compute="_compute_status")
    history = fields.Json(
        compute="_compute_history", help="The last runs of each flow, oldest first."
    )
    yesterday = fields.Selection(
        [("none", "No Run"), ("success", "OK"), ("failure", "Failures")],
        compute="_compute_yesterday",
    )
    yesterday_failed = fields.Integer("Failed Yesterday", compute="_compute_yesterday")
    open_failures = fields.Integer("Failures", compute="_compute_status")
    running = fields.Integer("In Progress", compute="_compute_today")
    created = fields.Integer("Created Today", compute="_compute_today")
    updated = fields.Integer("Updated Today", compute="_compute_today")
    failed = fields.Integer("Failed Today", compute="_compute_today")

    # -- the rows

    @property
    def _table_query(self) -> SQL:
        parts = [
            self._rows_of(self.env[name])
            for name, _label in self._select_backend()
            if self.env[name].has_access("read")
        ]
        return SQL(" UNION ALL ").join(parts or [self._no_rows()])

    def _rows_of(self, model) -> SQL:
        found = model.with_context(active_test=True)._search([])

        def column(name: str, kind: Any) -> Any:
            field = model._fields.get(name)
            if not field or not field.store or not field.column_type:
                return SQL("NULL::%s", SQL(kind))
            return SQL("%s", model._field_to_sql(model._table, name, found))

        number = SQL.identifier(model._table, "id")
        return found.select(
            SQL(
                "%s * %s + %s AS id",
                number,
                _MODELS,
                self.env["ir.model"]._get_id(model._name),
            ),
            SQL("%s AS name", column("name", "varchar")),
            SQL("%s::varchar AS backend_model", model._name),
            SQL("%s AS backend_id", number),
            SQL("%s AS company_id", column("company_id", "int4")),
            SQL("%s AS connection_state", column("connection_state", "varchar")),
            SQL("%s AS location", column("location", "varchar")),
        )

    def _no_rows(self) -> SQL:
        return SQL(
            "SELECT NULL::int4 AS id, NULL::varchar AS name, "
            "NULL::varchar AS backend_model, NULL::int4 AS backend_id, "
            "NULL::int4 AS company_id, "
            "NULL::varchar AS connection_state, NULL::varchar AS location WHERE false"
        )

    # -- computed

    @api.depends_context("lang")
    @api.depends("backend_model")
    def _compute_kind_label(self):
        for overview in self:
            overview.kind_label = self.env["ir.model"]._get(overview.backend_model).name

    @api.depends("backend_model", "backend_id")
    def _compute_status(self):
        for overview in self:
            backend = overview._backend()
            if "status" in backend._fields:
                overview.status = backend.status
                overview.status_message = backend.status_message
                overview.open_failures = backend.failed_count
            else:
                overview.status, overview.status_message = "not_tested", False
                overview.open_failures = 0

    def _search_status(self, operator: str, value) -> list:
        if operator != "in":
            return NotImplemented
        # the status is computed per backend, and backends are few
        overviews = self.search([])  # pylint: disable=no-search-all
        return [
            (
                "id",
                "in",
                overviews.filtered(lambda overview: overview.status in value).ids,
            )
        ]

    @api.depends_context("tz")
    @api.depends("backend_model", "backend_id")
    def _compute_today(self):
        runs = self.env["connector.sync.run"]
        midnight = self._midnight()
        for overview in self:
            own = overview._same_backend_domain()
            today = runs.search([*own, ("date_start", ">=", midnight)])
            for name in ("created", "updated", "failed"):
                overview[name] = sum(today.mapped(name))
            overview.running = runs.search_count(
                [*own, ("state", "in", ("pending", "running"))]
            )

    @api.depends_context("tz")
    @api.depends("backend_model", "backend_id")
    def _compute_yesterday(self):
        runs = self.env["connector.sync.run"]
        for overview in self:
            yesterday = runs.search(
                [
                    *overview._same_backend_domain(),
                    ("date_start", ">=", self._midnight(days_ago=1)),
                    ("date_start", "<", self._midnight()),
                ]
            )
            bad = yesterday.filtered(lambda run: run.state in ("failed", "incomplete"))
            overview.yesterday = (
                "failure" if bad else "success" if yesterday else "none"
            )
            overview.yesterday_failed = sum(run.failed + run.taken_over for run in bad)

    @api.depends_context("lang")
    @api.depends("backend_model", "backend_id")
    def _compute_history(self):
        runs = self.env["connector.sync.run"]
        states = dict(runs._fields["state"]._description_selection(self.env))
        for overview in self:
            backend = overview._backend()
            history = []
            for flow in getattr(backend, "_sync_flows", list)():
                last = runs.search(
                    [*overview._same_backend_domain(), ("flow", "=", flow.name)],
                    limit=_RUNS_SHOWN,
                )
                history.append(
                    {
                        "flow": flow.label,
                        "runs": [
                            {
                                "id": run.id,
                                "state": run.state,
                                "title": f"{flow.label}: {states[run.state]}",
                            }
                            for run in reversed(last)
                        ],
                    }
                )
            overview.history = [flow for flow in history if flow["runs"]]

    @api.model
    def _midnight(self, days_ago: int = 0) -> datetime:
        """Return the start of a day in the time zone of the user, in UTC."""
        zone = pytz.timezone(self.env.context.get("tz") or self.env.user.tz or "UTC")
        day = fields.Date.context_today(self) - timedelta(days=days_ago)
        midnight = zone.localize(datetime.combine(day, time.min))
        return midnight.astimezone(pytz.UTC).replace(tzinfo=None)
