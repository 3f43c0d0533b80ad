from odoo import models

from odoo.addons.component.core import AbstractComponent, Component
from odoo.addons.connector.api import KeysetPaging, MapRecord, TokenLogin


class CoffeeBase(AbstractComponent):
    """Base of the components of coffee machines."""

    _name = "coffee.base"
    _inherit = "base.connector"
    _collection = "coffee.backend"


class CoffeeAdapter(Component):
    """Adapter of a coffee machine."""

    _name = "coffee.adapter"
    _inherit = ["base.rest.adapter", "coffee.base"]
    _paging = KeysetPaging(size=50)
    _idempotent_writes = True
    _token_login = TokenLogin("/api/login", username="user")


class CoffeeWebhookAdapter(Component):
    _name = "coffee.webhook.adapter"
    _inherit = "coffee.adapter"
    _apply_on = "connector.webhook.event"
    _path = "/api/webhooks"


class RecipeImportMapper(Component):
    _name = "coffee.recipe.import.mapper"
    _inherit = ["base.import.mapper", "coffee.base"]
    _apply_on = "coffee.product.product"

    def finalize(self, map_record: MapRecord, values: dict) -> dict:
        """Convert the price from the currency of the machine."""
        currency = self.env["res.currency"].browse(values["coffee_currency_id"])
        price = self.convert_currency(values["list_price"], source=currency)
        return {**values, "list_price": price}


class RecipeImporter(Component):
    _name = "coffee.recipe.importer"
    _inherit = ["generic.record.importer", "coffee.base"]
    _apply_on = "coffee.product.product"

    def _after_import(self):
        if self.binding.product_tmpl_id.active != self.binding.active:
            self.binding.product_tmpl_id.active = self.binding.active


class BrewReceiver(Component):
    """Receives each coffee when it is brewed."""

    _name = "coffee.webhook.receiver"
    _inherit = ["base.webhook.receiver", "coffee.base"]
    _signature_header = "X-Coffee-Signature"

    def receive(self, event: models.BaseModel) -> str:
        importer = self.component(usage="record.importer", model_name="coffee.brew")
        return importer.run(event.content()["brew"]["id"])
