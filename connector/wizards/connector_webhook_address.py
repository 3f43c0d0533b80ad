from odoo import fields, models


class ConnectorWebhookAddress(models.TransientModel):
    """Shows the URL and the secret of a webhook once, without storing them."""

    _name = "connector.webhook.address"
    _description = "Webhook URL"

    endpoint_id = fields.Many2one(
        "connector.webhook.endpoint", required=True, readonly=True, ondelete="cascade"
    )
    url = fields.Char(
        "URL", compute="_compute_nothing", readonly=False, exportable=False
    )
    secret = fields.Char(
        compute="_compute_nothing",
        inverse="_inverse_secret",
        readonly=False,
        exportable=False,
        help="Replace it if the external system generates the secret.",
    )

    def _compute_nothing(self):
        """Values come from the context of the action; stored values are not read
        back."""
        self.url = self.secret = False

    def _inverse_secret(self):
        for wizard in self:
            if wizard.secret:
                wizard.endpoint_id.check_access("write")
                wizard.endpoint_id.sudo().secret = wizard.secret

    def action_done(self) -> dict:
        return {"type": "ir.actions.act_window_close"}
