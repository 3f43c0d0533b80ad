from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odoo.addons.component.core import AbstractComponent, Component
from odoo.addons.connector.components.mapper import changed_by, mapping

if TYPE_CHECKING:
    from odoo.models import BaseModel


class RecipeImportMapper(AbstractComponent):
    _name = "coffee.recipe.import.mapper"
    _inherit = ["base.import.mapper", "coffee.base"]
    _apply_on = "coffee.product.product"
    direct = [("name", "name")]

    @mapping
    def active(self, record: BaseModel) -> dict[str, Any]:
        return {"active": record["active"]}

    @mapping
    def price(self, record: BaseModel) -> dict[str, Any]:
        amount, code = self.read_price(record)
        currency = self.currency(code)
        price = self.convert_currency(amount, source=currency)
        return {"list_price": price, "coffee_currency_id": currency.id}


class RecipeImportMapper1(Component):
    _name = "coffee.recipe.import.mapper.1"
    _inherit = ["coffee.recipe.import.mapper", "coffee.firmware.1"]
    direct = [("name", "name"), ("strength", "strength"), ("volume_ml", "volume_ml")]


class RecipeImportMapper2(Component):
    _name = "coffee.recipe.import.mapper.2"
    _inherit = ["coffee.recipe.import.mapper", "coffee.firmware.2"]

    @mapping
    def brewing(self, record: BaseModel) -> dict[str, Any]:
        return {key: record["brewing"][key] for key in ("strength", "volume_ml")}


class RecipeExportMapper(AbstractComponent):
    _name = "coffee.recipe.export.mapper"
    _inherit = ["base.export.mapper", "coffee.base"]
    _apply_on = "coffee.product.product"
    direct = [("name", "name"), ("active", "active")]

    @changed_by("list_price")
    @mapping
    def price(self, record: BaseModel) -> dict[str, Any]:
        currency = record.coffee_currency_id
        amount = self.convert_currency(record.list_price, target=currency)
        return self.write_price(amount, currency.name)


class RecipeExportMapper1(Component):
    _name = "coffee.recipe.export.mapper.1"
    _inherit = ["coffee.recipe.export.mapper", "coffee.firmware.1"]


class RecipeExportMapper2(Component):
    _name = "coffee.recipe.export.mapper.2"
    _inherit = ["coffee.recipe.export.mapper", "coffee.firmware.2"]
