from odoo.addons.component.core import Component


class ShopBinder(Component):
    _name = "shop.binder"
    _inherit = ["base.binder", "shop.base"]
    _apply_on = ["shop.res.partner", "shop.res.partner.category"]


class ShopOrderBinder(Component):
    """Orders bind no other record: they are their own bindings."""

    _name = "shop.order.binder"
    _inherit = ["base.binder", "shop.base"]
    _apply_on = ["shop.order"]
    _odoo_field = "id"

    def to_internal(self, external_id, unwrap=False):
        return super().to_internal(external_id, unwrap=False)

    def unwrap_binding(self, binding):
        raise ValueError("an order binds nothing")

    def unwrap_model(self):
        raise ValueError("an order binds nothing")
