from odoo.addons.component.core import Component
from odoo.addons.connector.components.mapper import (
    changed_by,
    follow_m2o_relations,
    m2o_to_external,
    mapping,
    none,
    only_create,
)


class ShopPartnerExportMapper(Component):
    _name = "shop.partner.export.mapper"
    _inherit = ["shop.base", "base.export.mapper"]
    _apply_on = "shop.res.partner"

    direct = [
        ("name", "name"),
        (none("email"), "email"),
        ("points", "points"),
        (follow_m2o_relations("country_id.code"), "country"),
        (m2o_to_external("parent_id", binding="shop.res.partner"), "parent"),
    ]

    @changed_by("street", "street2")
    @mapping
    def address(self, record):
        lines = [line for line in (record.street, record.street2) if line]
        return {"address": ", ".join(lines)}

    @only_create
    @mapping
    def origin(self, record):
        return {"origin": "odoo"}


class ShopOrderExportMapper(Component):
    _name = "shop.order.export.mapper"
    _inherit = ["base.export.mapper", "shop.base"]
    _apply_on = "shop.order"

    direct = [("name", "number"), ("partner_id", "customer")]

    children = [("line_ids", "lines", "shop.order.line")]


class ShopOrderLineExportMapper(Component):
    _name = "shop.order.line.export.mapper"
    _inherit = ["base.export.mapper", "shop.base"]
    _apply_on = "shop.order.line"

    direct = [("name", "sku"), ("quantity", "qty")]
