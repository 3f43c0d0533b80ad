from odoo.addons.component.core import Component


class CoffeeBatchImporter(Component):
    _name = "coffee.batch.importer"
    _inherit = ["generic.bulk.importer", "coffee.base"]


class BrewBatchImporter(Component):
    _name = "coffee.brew.batch.importer"
    _inherit = "coffee.batch.importer"
    _apply_on = "coffee.brew"

    def _look_up(self, by_id):
        super()._look_up(by_id)
        mapper = self.component(usage="import.mapper")
        related = [mapper.relations(record) for record in by_id.values()]
        recipes, badges = zip(*related, strict=True) if related else ((), ())
        self.binder_for("coffee.product.product").remember(list(set(recipes)))
        self.binder_for("coffee.res.partner").remember(list(set(badges)))


class RecipeImporter(Component):
    _name = "coffee.recipe.importer"
    _inherit = ["generic.record.importer", "coffee.base"]
    _apply_on = "coffee.product.product"

    def _after_import(self):
        template = self.binding.product_tmpl_id
        if template.active != self.binding.active:
            template.active = self.binding.active


class BadgeImporter(Component):
    """Badges are imported for the brews made with them."""

    _name = "coffee.badge.importer"
    _inherit = ["generic.record.importer", "coffee.base"]
    _apply_on = "coffee.res.partner"

    def _create_data(self, map_record):
        data = super()._create_data(map_record)
        backend = self.backend_record
        known = data["email"] and self.env["res.partner"].search(
            [
                ("email", "=ilike", data["email"]),
                ("coffee_bind_ids", "not any", [("backend_id", "=", backend.id)]),
            ],
            limit=1,
        )
        if known:
            return self._bookkeeping() | {"odoo_id": known.id}
        return data


class BrewImporter(Component):
    _name = "coffee.brew.importer"
    _inherit = ["generic.record.importer", "coffee.base"]
    _apply_on = "coffee.brew"

    def _import_dependencies(self):
        recipe, badge = self.mapper.relations(self.record)
        self._import_dependency(recipe, "coffee.product.product")
        self._import_dependency(badge, "coffee.res.partner")
