from odoo.addons.component.core import Component
from odoo.addons.connector.api import TokenLogin


class PantryAdapter(Component):
    _name = "pantry.adapter"
    _inherit = "base.rest.adapter"
    _collection = "pantry.backend"
    _token_login = TokenLogin("/api/login", username="user")


class PantryReceiver(Component):
    _name = "pantry.webhook.receiver"
    _inherit = "base.webhook.receiver"
    _collection = "pantry.backend"

    def receive(self, event):
        importer = self.component("record.importer", "pantry.res.partner")
        return importer.run(event.content()["id"])
