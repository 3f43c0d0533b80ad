from odoo import fields, models


class ShopNote(models.Model):
    """Synchronized with the generic components."""

    _name = "shop.note"
    _inherit = ["shop.binding", "connector.coalescing.export"]
    _description = "Shop Note"

    # A note may have no shop yet.
    backend_id = fields.Many2one(required=False)
    odoo_id = fields.Many2one(comodel_name="res.partner", ondelete="cascade")
    active = fields.Boolean(default=True)
    title = fields.Char()
    text = fields.Text()
    internal = fields.Char()


class ResPartner(models.Model):
    _inherit = "res.partner"

    shop_note_ids = fields.One2many(comodel_name="shop.note", inverse_name="odoo_id")
