from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odoo.addons.component.core import AbstractComponent, Component
from odoo.addons.connector.components.mapper import mapping

if TYPE_CHECKING:
    from odoo.models import BaseModel


class BrewImportMapper(AbstractComponent):
    _name = "coffee.brew.import.mapper"
    _inherit = ["base.import.mapper", "coffee.base"]
    _apply_on = "coffee.brew"

    @mapping
    def brewed_at(self, record: BaseModel) -> dict[str, Any]:
        return {"brewed_at": self.parse_datetime(record["brewed_at"])}

    @mapping
    def price(self, record: BaseModel) -> dict[str, Any]:
        amount, code = self.read_price(record)
        currency = self.currency(code)
        return {"price": float(amount), "currency_id": currency.id}

    @mapping
    def related(self, record: BaseModel) -> dict[str, Any]:
        recipe_id, badge_id = self.relations(record)  # if the firmware provides them
        recipe = self.binder_for("coffee.product.product").to_internal(recipe_id)
        badge = self.binder_for("coffee.res.partner").to_internal(badge_id)
        return {
            "recipe_id": recipe.id,
            "product_id": recipe.odoo_id.id,
            "badge_id": badge.id,
            "partner_id": badge.odoo_id.id,
        }


class BrewImportMapper1(Component):
    _name = "coffee.brew.import.mapper.1"
    _inherit = ["coffee.brew.import.mapper", "coffee.firmware.1"]

    def relations(self, record: BaseModel) -> Any:
        return record["recipe_id"], record["badge_id"]


class BrewImportMapper2(Component):
    _name = "coffee.brew.import.mapper.2"
    _inherit = ["coffee.brew.import.mapper", "coffee.firmware.2"]

    def relations(self, record: BaseModel) -> Any:
        return record["recipe"]["id"], record["badge"]["id"]
