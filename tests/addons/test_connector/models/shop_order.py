from odoo import fields, models


class ShopOrder(models.Model):
    """Stored as received: binds no other record."""

    _name = "shop.order"
    _inherit = "shop.binding"
    _description = "Shop Order"

    name = fields.Char()
    partner_id = fields.Many2one(comodel_name="shop.res.partner")
    line_ids = fields.One2many(comodel_name="shop.order.line", inverse_name="order_id")


class ShopOrderLine(models.Model):
    _name = "shop.order.line"
    _description = "Shop Order Line"

    order_id = fields.Many2one(comodel_name="shop.order", ondelete="cascade")
    name = fields.Char()
    quantity = fields.Float()
