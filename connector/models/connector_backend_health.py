from odoo import fields, models


class ConnectorBackendMixin(models.AbstractModel):
    """How a backend does, and how often it may be called."""

    _inherit = "connector.backend.mixin"

    health = fields.Selection(
        [("working", "Working"), ("busy", "Asked to wait"), ("down", "Down")],
        compute="_compute_health",
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
            health = gates._look(backend)
            backend.health = health.state
            waits = health.state != "working"
            backend.outage_message = health.reason if waits else False

    def unlink(self):
        gates = self.env["connector.backend.gate"].sudo()
        found = gates.search(
            [("backend_model", "=", self._name), ("backend_id", "in", self.ids)]
        )
        result = super().unlink()
        found.unlink()
        return result
