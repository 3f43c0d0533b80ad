from odoo import api, fields, models
from odoo.tools import SQL

from ...database import own_transaction
from ..sync.line import OPEN_FAILURE

STATUSES = [
    ("not_tested", "Not Tested"),
    ("connected", "Connected"),
    ("on_hold", "On Hold"),
    ("error", "Error"),
]


class ConnectorBackendMixin(models.AbstractModel):
    """Status and rate limit of a backend."""

    _inherit = "connector.backend.mixin"

    circuit_state = fields.Selection(
        [("closed", "Available"), ("throttled", "Throttled"), ("open", "Down")],
        compute="_compute_circuit",
    )
    status = fields.Selection(
        STATUSES,
        compute="_compute_status",
        compute_sudo=True,
        help=(
            "Result of the last connection test, of the last run of each flow, and of "
            "the requests sent since."
        ),
    )
    status_message = fields.Text(
        compute="_compute_status",
        compute_sudo=True,
        groups="connector.group_connector_user",
    )
    failed_count = fields.Integer(
        "Failures",
        compute="_compute_failed_count",
        compute_sudo=True,
        help=("Failed records and jobs that are neither resolved nor dismissed."),
    )
    outage_message = fields.Text(
        compute="_compute_circuit", help="Why jobs of this backend are on hold."
    )
    rate_calls = fields.Integer(
        "Rate Limit",
        help="Maximum number of requests in the period, for all jobs on all servers "
        "together. 0: unlimited.",
    )
    rate_period = fields.Selection(
        string="Rate Limit Period",
        selection=[
            ("second", "per second"),
            ("minute", "per minute"),
            ("hour", "per hour"),
            ("day", "per day"),
        ],
        default="minute",
        required=True,
    )

    _rate_calls_not_negative = models.Constraint(
        "CHECK (rate_calls >= 0)", "The rate limit cannot be negative."
    )

    def _compute_circuit(self):
        breakers = self.env["connector.circuit.breaker"]
        for backend in self:
            circuit = breakers._get_visible_status(backend._origin)
            backend.circuit_state = circuit.state
            waits = circuit.state != "closed"
            backend.outage_message = circuit.reason if waits else False

    def _compute_failed_count(self):
        lines = self.env["connector.sync.line"].sudo()
        counts = dict(
            lines._read_group(
                [*OPEN_FAILURE, *lines._backend_domain(self)],
                ["backend_id"],
                ["__count"],
            )
        )
        for backend in self:
            backend.failed_count = counts.get(backend.id, 0)

    @api.depends("connection_state", "connection_message")
    @api.depends_context("lang")
    def _compute_status(self):
        for backend in self:
            backend.status, backend.status_message = backend._status()

    def _status(self) -> tuple[str, str]:
        """Return the status of the backend, and its message."""
        self.ensure_one()
        if self.connection_state == "error":
            return "error", self.connection_message
        if self.outage_message:
            return "on_hold", self.outage_message
        if self.connection_state != "connected":
            return "not_tested", ""
        if incomplete := self.flow_ids.last_run_id.filtered("incomplete_reason"):
            return "error", incomplete[:1].message
        if self.failed_count:
            text = self.env._("%s records or jobs failed.", self.failed_count)
            return "error", text
        return "connected", self.connection_message

    def action_open_failures(self) -> dict:
        """Show the unresolved failures."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Failures"),
            "res_model": "connector.sync.line",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                *self.env["connector.sync.line"]._backend_domain(self),
                ("kind", "=", "failed"),
            ],
            "context": {"search_default_open": 1},
        }

    def _record_connection_failure(self, message: str) -> None:
        """Store the error on the backend, even if this transaction is rolled back."""
        with own_transaction(self.env.registry) as cr:
            # Skip a backend that is being edited: it will be tested again after the
            # change.
            cr.execute(
                SQL(
                    """
                    UPDATE %(table)s
                       SET connection_state = 'error', connection_message = %(message)s
                     WHERE id = (SELECT id FROM %(table)s WHERE id = %(id)s
                                    FOR NO KEY UPDATE SKIP LOCKED)
                    """,
                    table=SQL.identifier(self._table),
                    message=message,
                    id=self.id,
                )
            )
        self.invalidate_recordset(["connection_state", "connection_message"])
