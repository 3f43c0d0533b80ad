from odoo.addons.component.core import Component
from odoo.addons.connector.components.mapper import (
    convert,
    external_to_m2o,
    mapping,
    none,
    only_create,
)


def upper(field):
    """A custom modifier, as connectors write them."""

    def modifier(self, record, to_attr):
        return (record.get(field) or "").upper()

    return modifier


class ShopPartnerImportMapper(Component):
    _name = "shop.partner.import.mapper"
    _inherit = ["base.import.mapper", "shop.base"]
    _apply_on = "shop.res.partner"

    direct = [
        ("name", "name"),
        (none("email"), "email"),
        (upper("ref"), "ref"),
        (convert("points", int), "points"),
        (external_to_m2o("parent", binding="shop.res.partner"), "parent_id"),
    ]

    @mapping
    def newsletter(self, record):
        return {"newsletter": record.get("newsletter") == "1"}

    @only_create
    @mapping
    def odoo_id(self, record):
        """Will bind the partner on an existing one with the same email"""
        partner = self.env["res.partner"].search(
            [("email", "=", record.get("email"))], limit=1
        )
        if record.get("email") and partner:
            return {"odoo_id": partner.id}
        return None

    @mapping
    def backend_id(self, record):
        return {"backend_id": self.backend_record.id}


class ShopOrderImportMapper(Component):
    _name = "shop.order.import.mapper"
    _inherit = ["base.import.mapper", "shop.base"]
    _apply_on = "shop.order"

    direct = [("number", "name"), ("customer", "partner_id")]

    children = [("lines", "line_ids", "shop.order.line")]

    @mapping
    def backend_id(self, record):
        return {"backend_id": self.backend_record.id}


class ShopOrderLineImportMapper(Component):
    _name = "shop.order.line.import.mapper"
    _inherit = ["base.import.mapper", "shop.base"]
    _apply_on = "shop.order.line"

    direct = [("sku", "name"), ("qty", "quantity")]


class ShopOrderLineMapChild(Component):
    _name = "shop.order.line.map.child.import"
    _inherit = ["base.map.child.import", "shop.base"]
    _apply_on = "shop.order.line"

    def skip_item(self, map_record):
        return map_record.source.get("cancelled")
