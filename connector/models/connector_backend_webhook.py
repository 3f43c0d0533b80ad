from odoo import fields, models


class ConnectorBackendMixin(models.AbstractModel):
    """The webhook of a backend, where its connector has a receiver."""

    _inherit = "connector.backend.mixin"

    takes_webhooks = fields.Boolean(compute="_compute_takes_webhooks")

    def _compute_takes_webhooks(self):
        for backend in self:
            with backend.work_on("connector.webhook.event") as work:
                found = work.many_components(usage="webhook.receiver")
            backend.takes_webhooks = bool(found)

    def action_open_webhook(self) -> dict:
        """Show the webhook of this backend."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Webhook"),
            "res_model": "connector.webhook.endpoint",
            "view_mode": "form",
            "res_id": self.env["connector.webhook.endpoint"]._of(self).id,
        }

    def unlink(self):
        endpoints = self.env["connector.webhook.endpoint"].sudo()
        found = endpoints.with_context(active_test=False).search(
            [("backend_model", "=", self._name), ("backend_id", "in", self.ids)]
        )
        result = super().unlink()
        found.unlink()
        return result
