from odoo.addons.component.core import Component


class CoffeeExporter(Component):
    _name = "coffee.exporter"
    _inherit = ["generic.record.exporter", "coffee.base"]


class CoffeeDeleter(Component):
    _name = "coffee.deleter"
    _inherit = ["generic.export.deleter", "coffee.base"]


class CoffeeBadgeBatchExporter(Component):
    """Exports the contacts with the tag chosen on the backend."""

    _name = "coffee.badge.batch.exporter"
    _inherit = ["generic.batch.exporter", "coffee.base"]
    _apply_on = "coffee.res.partner"

    def _records(self, domain):
        tag = self.backend_record.partner_category_id
        if not tag:
            return self.env["res.partner"]
        company = self.backend_record.company_id
        return self.env["res.partner"].search(
            [
                ("category_id", "child_of", tag.id),
                ("company_id", "in", [False, company.id]),
                *domain,
            ]
        )
