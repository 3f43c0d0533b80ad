from odoo import api, fields, models
from odoo.tools import SQL


class ConnectorBackendMixin(models.AbstractModel):
    """How a backend does, and how often it may be called."""

    _inherit = "connector.backend.mixin"

    health = fields.Selection(
        [("working", "Working"), ("busy", "Asked to wait"), ("down", "Down")],
        compute="_compute_health",
    )
    status = fields.Selection(
        [
            ("unknown", "To test"),
            ("good", "Works"),
            ("waiting", "Waits"),
            ("bad", "Fails"),
        ],
        compute="_compute_status",
        help="Of the last test or synchronisation, and of the calls made since.",
    )
    outage_message = fields.Text(
        compute="_compute_health", help="Why jobs wait for it just now."
    )
    rate_calls = fields.Integer(
        "At most calls",
        help="What all jobs on all servers together may call. 0: without a limit.",
    )
    rate_period = fields.Selection(
        [
            ("second", "a second"),
            ("minute", "a minute"),
            ("hour", "an hour"),
            ("day", "a day"),
        ],
        default="minute",
        required=True,
    )

    _rate_calls_not_negative = models.Constraint(
        "CHECK (rate_calls >= 0)", "A number of calls cannot be negative."
    )

    def _compute_health(self):
        gates = self.env["connector.backend.gate"]
        for backend in self:
            health = gates._look_from_here(backend._origin)
            backend.health = health.state
            waits = health.state != "working"
            backend.outage_message = health.reason if waits else False

    @api.depends("state")
    def _compute_status(self):
        told = {"connected": "good", "failing": "bad"}
        for backend in self:
            if backend.state != "failing" and backend.outage_message:
                backend.status = "waiting"
            else:
                backend.status = told.get(backend.state, "unknown")

    def _remember_failure(self, message: str) -> None:
        """Have the backend say why it failed, whatever becomes of this transaction."""
        with self.env["connector.backend.gate"]._own_transaction() as cr:
            # Who is just changing the backend need not be waited for: it will be tested
            # again with what was changed.
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
