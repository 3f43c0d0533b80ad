from typing import Any

from odoo.addons.component.core import Component


class BrewReceiver(Component):
    """Receives each coffee when it is brewed."""

    _name = "coffee.webhook.receiver"
    _inherit = ["base.webhook.receiver", "coffee.base"]
    _signature_header = "X-Coffee-Signature"

    def receive(self, event: Any) -> Any:
        importer = self.component(usage="record.importer", model_name="coffee.brew")
        return importer.run(event.content()["brew"]["id"])
