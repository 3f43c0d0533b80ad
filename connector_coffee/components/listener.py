from odoo.addons.component.core import Component
from odoo.addons.component_event import skip_if


class BadgeListener(Component):
    """Keeps the badges of contacts as the contacts are."""

    _name = "coffee.badge.listener"
    _inherit = "generic.export.listener"
    _apply_on = "res.partner"
    _bindings_field = "coffee_bind_ids"

    @skip_if(lambda self, record, **kwargs: self.no_connector_export(record))
    def on_record_create(self, record, fields=None):
        self._give_badges(record)

    @skip_if(lambda self, record, **kwargs: self.no_connector_export(record))
    def on_record_write(self, record, fields=None):
        if "active" in fields and not record.active:
            for badge in self._bindings(record):
                self._delay_delete(badge)
                badge.unlink()
            return
        super().on_record_write(record, fields=fields)
        if not {"active", "category_id", "company_id"}.isdisjoint(fields):
            self._give_badges(record)

    def _give_badges(self, partner):
        badges = self.env["coffee.res.partner"].with_context(connector_sync_run=False)
        for machine in self.env["coffee.backend"].sudo()._for_partner(partner):
            badge, new = badges._bind(machine, partner)
            if new:
                badge.delay_export()


class RecipeListener(Component):
    """Takes changed names and prices of products to the machine."""

    _name = "coffee.recipe.listener"
    _inherit = "generic.export.listener"
    _apply_on = ["product.product", "product.template"]
    _bindings_field = "coffee_bind_ids"

    def on_record_unlink(self, record):
        """Leave the recipe on the machine, which has no way to lose one."""
