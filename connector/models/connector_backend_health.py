from odoo import api, fields, models
from odoo.tools import SQL

from .connector_sync_line import OPEN_FAILURE


class ConnectorBackendMixin(models.AbstractModel):
    """Status and rate limit of a backend."""

    _inherit = "connector.backend.mixin"

    health = fields.Selection(
        [("working", "Available"), ("busy", "Throttled"), ("down", "Down")],
        compute="_compute_health",
    )
    status = fields.Selection(
        [
            ("unknown", "Not Tested"),
            ("good", "Connected"),
            ("waiting", "On Hold"),
            ("bad", "Error"),
        ],
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
        compute="_compute_health", help="Why jobs of this backend are on hold."
    )
    rate_calls = fields.Integer(
        "Rate Limit",
        help="Maximum number of requests in the period, for all jobs on all servers "
        "together. 0: unlimited.",
    )
    rate_period = fields.Selection(
        [
            ("second", "per second"),
            ("minute", "per minute"),
            ("hour", "per hour"),
            ("day", "per day"),
        ],
        "Rate Limit Period",
        default="minute",
        required=True,
    )

    _rate_calls_not_negative = models.Constraint(
        "CHECK (rate_calls >= 0)", "The rate limit cannot be negative."
    )

    def _compute_health(self):
        gates = self.env["connector.backend.gate"]
        for backend in self:
            health = gates._look_from_here(backend._origin)
            backend.health = health.state
            waits = health.state != "working"
            backend.outage_message = health.reason if waits else False

    def _compute_failed_count(self):
        lines = self.env["connector.sync.line"].sudo()
        counts = dict(
            lines._read_group(
                [
                    *OPEN_FAILURE,
                    ("backend_model", "=", self._name),
                    ("backend_id", "in", self.ids),
                ],
                ["backend_id"],
                ["__count"],
            )
        )
        for backend in self:
            backend.failed_count = counts.get(backend.id, 0)

    @api.depends("state", "state_message")
    @api.depends_context("lang")
    def _compute_status(self):
        for backend in self:
            backend.status, backend.status_message = backend._status()

    def _status(self) -> tuple[str, str]:
        """Return the status of the backend, and its message."""
        self.ensure_one()
        if self.state == "failing":
            return "bad", self.state_message
        if self.outage_message:
            return "waiting", self.outage_message
        if self.state != "connected":
            return "unknown", ""
        if incomplete := self.flow_ids.last_run_id.filtered("incomplete_reason"):
            return "bad", incomplete[:1].message
        if self.failed_count:
            text = self.env._("%s records or jobs failed.", self.failed_count)
            return "bad", text
        return "good", self.state_message

    def action_open_failures(self) -> dict:
        """Show the unresolved failures."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Failures"),
            "res_model": "connector.sync.line",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("backend_model", "=", self._name),
                ("backend_id", "in", self.ids),
                ("kind", "=", "failed"),
            ],
            "context": {"search_default_open": 1},
        }

    def _remember_failure(self, message: str) -> None:
        """Store the error on the backend, even if this transaction is rolled back."""
        with self.env["connector.backend.gate"]._own_transaction() as cr:
            # Skip a backend that is being edited: it will be tested again after the
            # change.
            cr.execute(
                SQL(
                    """
                    UPDATE %(table)s SET state = 'failing', state_message = %(message)s
                     WHERE id = (SELECT id FROM %(table)s WHERE id = %(id)s
                                    FOR NO KEY UPDATE SKIP LOCKED)
                    """,
                    table=SQL.identifier(self._table),
                    message=message,
                    id=self.id,
                )
            )
        self.invalidate_recordset(["state", "state_message"])

    def unlink(self):
        domain = [("backend_model", "=", self._name), ("backend_id", "in", self.ids)]
        found = [
            self.env[model].sudo().search(domain)
            for model in ("connector.backend.gate", "connector.backend.token")
        ]
        result = super().unlink()
        for records in found:
            records.unlink()
        return result
