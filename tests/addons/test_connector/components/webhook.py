from odoo.addons.component.core import Component


class ShopWebhookReceiver(Component):
    _name = "shop.webhook.receiver"
    _inherit = ["base.webhook.receiver", "shop.base"]
    _signature_header = "X-Shop-Signature"
    _max_body_bytes = 2000

    def receive(self, event):
        partner = self.env["res.partner"].create({"name": event.content()["name"]})
        return f"{event.topic} of {partner.name}"
