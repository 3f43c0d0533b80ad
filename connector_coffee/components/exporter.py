from odoo.addons.component.core import Component


class CoffeeExporter(Component):
    _name = "coffee.exporter"
    _inherit = ["generic.record.exporter", "coffee.base"]


class CoffeeDeleter(Component):
    _name = "coffee.deleter"
    _inherit = ["generic.export.deleter", "coffee.base"]


class CoffeeBadgeBatchExporter(Component):
    """Exports the contacts with the badge tag of the machine."""

    _name = "coffee.badge.batch.exporter"
    _inherit = ["generic.batch.exporter", "coffee.base"]
    _apply_on = "coffee.res.partner"

    def _export_domain(self):
        machine = self.backend_record
        return [
            ("category_id", "child_of", machine.partner_category_id.ids),
            ("company_id", "in", [False, machine.company_id.id]),
        ]
