from decimal import Decimal

from odoo import fields

from odoo.addons.component.core import AbstractComponent, Component
from odoo.addons.connector.components.mapper import mapping


class RecipeImportMapper(AbstractComponent):
    _name = "coffee.recipe.import.mapper"
    _inherit = ["base.import.mapper", "coffee.base"]
    _apply_on = "coffee.product.product"
    direct = [("name", "name")]

    @mapping
    def active(self, record):
        return {"active": record["active"]}

    def _price(self, amount: Decimal, currency: str) -> dict:
        company = self.backend_record.company_id
        source = self.env["res.currency"]._coffee_currency(currency)
        price = source._convert(
            float(amount), company.currency_id, company, fields.Date.today()
        )
        return {"list_price": price}


class RecipeImportMapper1(Component):
    """Firmware 1: flat, prices as text."""

    _name = "coffee.recipe.import.mapper.1"
    _inherit = "coffee.recipe.import.mapper"
    _backend_version = "<2"
    direct = [("name", "name"), ("strength", "strength"), ("volume_ml", "volume_ml")]

    @mapping
    def price(self, record):
        return self._price(Decimal(record["price"]), record["currency"])


class RecipeImportMapper2(Component):
    """Firmware 2: nested, prices in cents."""

    _name = "coffee.recipe.import.mapper.2"
    _inherit = "coffee.recipe.import.mapper"
    _backend_version = ">=2"

    @mapping
    def brewing(self, record):
        return {key: record["brewing"][key] for key in ("strength", "volume_ml")}

    @mapping
    def price(self, record):
        price = record["price"]
        return self._price(Decimal(price["amount"]) / 100, price["currency"])
