from odoo.addons.component.core import Component
from odoo.addons.connector.exception import InvalidDataError


class ShopPartnerExporter(Component):
    _name = "shop.partner.exporter"
    _inherit = ["generic.exporter", "shop.base"]
    _apply_on = ["shop.res.partner"]
    _usage = "record.exporter"
    _default_binding_field = "shop_bind_ids"

    def _has_to_skip(self):
        return self.binding.name == "Nobody"

    def _export_dependencies(self):
        self._export_dependency(self.binding.parent_id, "shop.res.partner")

    def _validate_create_data(self, data):
        if data.get("name") == "invalid":
            raise InvalidDataError("the shop does not accept this name")


class ShopOrderExporter(Component):
    _name = "shop.order.exporter"
    _inherit = ["generic.exporter", "shop.base"]
    _apply_on = ["shop.order"]
    _usage = "record.exporter"

    def _export_dependencies(self):
        self._export_dependency(self.binding.partner_id, "shop.res.partner")
