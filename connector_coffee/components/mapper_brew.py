from datetime import datetime, timezone
from decimal import Decimal

from odoo.addons.component.core import AbstractComponent, Component
from odoo.addons.connector.components.mapper import mapping


class BrewImportMapper(AbstractComponent):
    _name = "coffee.brew.import.mapper"
    _inherit = ["base.import.mapper", "coffee.base"]
    _apply_on = "coffee.brew"

    def relations(self, record: dict) -> tuple[int, int]:
        """Return the ids of the recipe and of the badge."""
        raise NotImplementedError

    @mapping
    def brewed_at(self, record):
        moment = datetime.fromisoformat(record["brewed_at"].replace("Z", "+00:00"))
        return {"brewed_at": moment.astimezone(timezone.utc).replace(tzinfo=None)}

    @mapping
    def related(self, record):
        recipe, badge = self.relations(record)
        binder = self.binder_for
        return {
            "recipe_id": binder("coffee.product.product").to_internal(recipe).id,
            "badge_id": binder("coffee.res.partner").to_internal(badge).id,
        }

    def _price(self, amount: Decimal, currency: str) -> dict:
        known = self.env["res.currency"]._coffee_currency(currency)
        return {"price": float(amount), "currency_id": known.id}


class BrewImportMapper1(Component):
    _name = "coffee.brew.import.mapper.1"
    _inherit = "coffee.brew.import.mapper"
    _backend_version = "<2"

    def relations(self, record):
        return record["recipe_id"], record["badge_id"]

    @mapping
    def price(self, record):
        return self._price(Decimal(record["price"]), record["currency"])


class BrewImportMapper2(Component):
    _name = "coffee.brew.import.mapper.2"
    _inherit = "coffee.brew.import.mapper"
    _backend_version = ">=2"

    def relations(self, record):
        return record["recipe"]["id"], record["badge"]["id"]

    @mapping
    def price(self, record):
        price = record["price"]
        return self._price(Decimal(price["amount"]) / 100, price["currency"])
