from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# The ID is that of the backend times this constant, plus the ID of its model; it stays
# below 2^31, the limit of XML-RPC, for up to 20,000 backends.
_MODELS = 100_000
# Number of runs shown per flow.
_RUNS_SHOWN = 7


class ConnectorBackendCard(models.Model):
    """All backends of all connectors, with their status and their activity of today.

    Nothing is stored: the rows come from searches on each backend model as the current
    user, so the access rights and record rules of those models apply.
    """

    _name = "connector.backend.card"
    _description = "Backend Overview"
    _auto = False
    _order = "kind, name, id"

    name = fields.Char(readonly=True)
    kind = fields.Char("Model", readonly=True)
    backend_id = fields.Many2oneReference(model_field="kind", readonly=True)
    kind_label = fields.Char("Connector", compute="_compute_kind_label")
    company_id = fields.Many2one("res.company", readonly=True)
    state = fields.Char(readonly=True)
    location = fields.Char(readonly=True)

    health = fields.Selection(
        [
            ("unknown", "Not Tested"),
            ("good", "Connected"),
            ("waiting", "On Hold"),
            ("bad", "Error"),
        ],
        compute="_compute_health",
        search="_search_health",
    )
    health_message = fields.Char(compute="_compute_health")
    history = fields.Json(
        compute="_compute_history", help="The last runs of each flow, oldest first."
    )
    yesterday = fields.Selection(
        [("none", "No Run"), ("good", "OK"), ("bad", "Failures")],
        compute="_compute_yesterday",
    )
    yesterday_failed = fields.Integer("Failed Yesterday", compute="_compute_yesterday")
    open_failures = fields.Integer("Failures", compute="_compute_health")
    running = fields.Integer("In Progress", compute="_compute_today")
    created = fields.Integer("Created Today", compute="_compute_today")
    updated = fields.Integer("Updated Today", compute="_compute_today")
    failed = fields.Integer("Failed Today", compute="_compute_today")

    # -- the rows

    @property
    def _table_query(self) -> SQL:
        parts = [
            self._rows_of(self.env[name])
            for name, _label in self.env["connector.sync.run"]._select_backend()
            if self.env[name].has_access("read")
        ]
        return SQL(" UNION ALL ").join(parts or [self._no_rows()])

    def _rows_of(self, model) -> SQL:
        found = model.with_context(active_test=True)._search([])

        def column(name, kind):
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
            SQL("%s::varchar AS kind", model._name),
            SQL("%s AS backend_id", number),
            SQL("%s AS company_id", column("company_id", "int4")),
            SQL("%s AS state", column("state", "varchar")),
            SQL("%s AS location", column("location", "varchar")),
        )

    def _no_rows(self) -> SQL:
        return SQL(
            "SELECT NULL::int4 AS id, NULL::varchar AS name, NULL::varchar AS kind, "
            "NULL::int4 AS backend_id, NULL::int4 AS company_id, "
            "NULL::varchar AS state, NULL::varchar AS location WHERE false"
        )

    # -- computed

    @api.depends_context("lang")
    @api.depends("kind")
    def _compute_kind_label(self):
        for card in self:
            card.kind_label = self.env["ir.model"]._get(card.kind).name

    @api.depends("kind", "backend_id")
    def _compute_health(self):
        for card in self:
            backend = card._backend()
            if "status" in backend._fields:
                card.health = backend.status
                card.health_message = backend.status_message
                card.open_failures = backend.failed_count
            else:
                card.health, card.health_message = "unknown", False
                card.open_failures = 0

    def _search_health(self, operator: str, value) -> list:
        if operator != "in":
            return NotImplemented
        # the status is computed per backend, and backends are few
        cards = self.search([])  # pylint: disable=no-search-all
        return [("id", "in", cards.filtered(lambda card: card.health in value).ids)]

    @api.depends_context("tz")
    @api.depends("kind", "backend_id")
    def _compute_today(self):
        runs = self.env["connector.sync.run"]
        midnight = self._midnight()
        for card in self:
            own = card._own_domain()
            today = runs.search([*own, ("date_start", ">=", midnight)])
            for name in ("created", "updated", "failed"):
                card[name] = sum(today.mapped(name))
            card.running = runs.search_count(
                [*own, ("state", "in", ("pending", "running"))]
            )

    @api.depends_context("tz")
    @api.depends("kind", "backend_id")
    def _compute_yesterday(self):
        runs = self.env["connector.sync.run"]
        for card in self:
            yesterday = runs.search(
                [
                    *card._own_domain(),
                    ("date_start", ">=", self._midnight(days_ago=1)),
                    ("date_start", "<", self._midnight()),
                ]
            )
            bad = yesterday.filtered(lambda run: run.state in ("failed", "incomplete"))
            card.yesterday = "bad" if bad else "good" if yesterday else "none"
            card.yesterday_failed = sum(run.failed + run.taken_over for run in bad)

    @api.depends_context("lang")
    @api.depends("kind", "backend_id")
    def _compute_history(self):
        runs = self.env["connector.sync.run"]
        states = dict(runs._fields["state"]._description_selection(self.env))
        for card in self:
            backend = card._backend()
            history = []
            for flow in getattr(backend, "_sync_flows", list)():
                last = runs.search(
                    [*card._own_domain(), ("flow", "=", flow.name)], limit=_RUNS_SHOWN
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
            card.history = [flow for flow in history if flow["runs"]]

    @api.model
    def _midnight(self, days_ago: int = 0) -> datetime:
        """Return the start of a day in the time zone of the user, in UTC."""
        zone = pytz.timezone(self.env.context.get("tz") or self.env.user.tz or "UTC")
        day = fields.Date.context_today(self) - timedelta(days=days_ago)
        midnight = zone.localize(datetime.combine(day, time.min))
        return midnight.astimezone(pytz.UTC).replace(tzinfo=None)

    def _own_domain(self) -> list:
        self.ensure_one()
        return [
            ("backend_model", "=", self.kind),
            ("backend_id", "=", self.backend_id),
        ]

    def _backend(self):
        self.ensure_one()
        return self.env[self.kind].browse(self.backend_id)

    # -- buttons

    @api.model
    def _connectable(self) -> list[tuple[str, str]]:
        """Return names and labels of the backend models that this user may create."""
        return [
            (name, label)
            for name, label in self.env["connector.sync.run"]._select_backend()
            if self.env[name].has_access("create")
        ]

    def action_connect(self) -> dict:
        """Ask for the connector, if there are several, then open a new backend.

        Called on any selected entries, or none: the web client sends their IDs.
        """
        kinds = self._connectable()
        if not kinds:
            raise UserError(
                self.env._(
                    "No connector is installed: install the connector for your system "
                    "from the Apps menu first."
                )
            )
        if len(kinds) == 1:
            return self._new_backend(kinds[0][0])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Connect a System"),
            "res_model": "connector.connect",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _new_backend(self, kind: str) -> dict:
        return {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"]._get(kind).name,
            "res_model": kind,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_open(self) -> dict:
        """Open the backend."""
        backend = self._backend()
        return {
            "type": "ir.actions.act_window",
            "name": self.name or self.kind_label,
            "res_model": backend._name,
            "res_id": backend.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_open_failed(self) -> dict:
        """Show the failed synchronizations of this backend."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Failed Synchronizations"),
            "res_model": "connector.sync.run",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                *self._own_domain(),
                ("state", "in", ("failed", "incomplete")),
            ],
        }

    def action_open_failures(self) -> dict:
        """Show the unresolved failures of this backend."""
        return self._backend().action_open_failures()
