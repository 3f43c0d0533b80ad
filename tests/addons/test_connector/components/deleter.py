from odoo.addons.component.core import Component


class ShopDeleter(Component):
    _name = "shop.exporter.deleter"
    _inherit = ["base.deleter", "shop.base"]
    _usage = "record.exporter.deleter"
    _apply_on = ["shop.res.partner", "shop.order"]

    def run(self, external_id):
        self.backend_adapter.delete(external_id)
        return f"{external_id} deleted in the shop"
