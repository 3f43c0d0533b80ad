from odoo.addons.component.core import Component


class BadgeListener(Component):
    """Keeps the badges of contacts as the contacts are."""

    _name = "coffee.badge.listener"
    _inherit = "generic.export.listener"
    _apply_on = "res.partner"
    _bindings_field = "coffee_bind_ids"
    _export_domain_fields = frozenset({"active", "category_id", "company_id"})
    _archive_deletes = True


class RecipeListener(Component):
    """Takes changed names and prices of products to the machine."""

    _name = "coffee.recipe.listener"
    _inherit = "generic.export.listener"
    _apply_on = ["product.product", "product.template"]
    _bindings_field = "coffee_bind_ids"

    def on_record_unlink(self, record):
        """Leave the recipe on the machine, which has no way to lose one."""
