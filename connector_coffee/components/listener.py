from __future__ import annotations

from typing import TYPE_CHECKING

from odoo.addons.component.core import Component

if TYPE_CHECKING:
    from odoo.models import BaseModel


class BadgeListener(Component):
    """Keeps badges in sync with contacts."""

    _name = "coffee.badge.listener"
    _inherit = "generic.export.listener"
    _apply_on = "res.partner"
    _bindings_field = "coffee_bind_ids"
    _export_domain_fields = frozenset({"active", "category_id", "company_id"})
    _archive_deletes = True


class RecipeListener(Component):
    """Exports changed names and prices of products."""

    _name = "coffee.recipe.listener"
    _inherit = "generic.export.listener"
    _apply_on = ["product.product", "product.template"]
    _bindings_field = "coffee_bind_ids"

    def on_record_unlink(self, record: BaseModel) -> None:
        """Keep the recipe on the machine, which cannot delete recipes."""
