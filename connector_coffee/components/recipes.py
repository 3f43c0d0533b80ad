from typing import Any

from odoo.addons.component.core import Component


class RecipeImportMapper(Component):
    _name = "coffee.recipe.import.mapper"
    _inherit = ["base.import.mapper", "coffee.base"]
    _apply_on = "coffee.product.product"

    def finalize(self, map_record: Any, values: dict[str, Any]) -> dict[str, Any]:
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
