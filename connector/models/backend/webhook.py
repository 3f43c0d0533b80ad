from odoo import fields, models


class ConnectorBackendMixin(models.AbstractModel):
    """The webhook of a backend whose connector has a receiver."""

    _inherit = "connector.backend.mixin"

    takes_webhooks = fields.Boolean(
        "Supports Webhooks", compute="_compute_takes_webhooks"
    )

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

    def action_register_webhook(self) -> dict:
        """Register the webhook in the external system, replacing our former URLs.

        The adapter of the model ``connector.webhook.event`` reads, creates and deletes
        webhooks in the external system: records with ``url`` and ``secret``.
        """
        self.ensure_one()
        endpoint = self.env["connector.webhook.endpoint"]._of(self)
        with self.work_on("connector.webhook.event") as work:
            webhooks = work.component(usage="backend.adapter")
            replaced = [
                webhook["id"]
                for webhook in webhooks.search_read()
                if endpoint._is_replaced(webhook["url"])
            ]
            url, secret = endpoint._renew()
            webhooks.create({"url": url, "secret": secret})
            for webhook_id in replaced:
                webhooks.delete(webhook_id)
        return self._notify(
            self.env._("Webhook registered"),
            self.env._("%s now sends its events to this webhook.", self.name),
        )
