from odoo.addons.component.core import Component


class CoffeeBatchImporter(Component):
    _name = "coffee.batch.importer"
    _inherit = ["generic.bulk.importer", "coffee.base"]


class RecipeImporter(Component):
    _name = "coffee.recipe.importer"
    _inherit = ["generic.record.importer", "coffee.base"]
    _apply_on = "coffee.product.product"

    def _after_import(self):
        if self.binding.product_tmpl_id.active != self.binding.active:
            self.binding.product_tmpl_id.active = self.binding.active


class BadgeImporter(Component):
    _name = "coffee.badge.importer"
    _inherit = ["generic.record.importer", "coffee.base"]
    _apply_on = "coffee.res.partner"
    _match_field = "email"


class BrewImporter(Component):
    _name = "coffee.brew.importer"
    _inherit = ["generic.record.importer", "coffee.base"]
    _apply_on = "coffee.brew"

    def _dependencies(self, record):
        recipe, badge = self.mapper.relations(record)
        return [(recipe, "coffee.product.product"), (badge, "coffee.res.partner")]
