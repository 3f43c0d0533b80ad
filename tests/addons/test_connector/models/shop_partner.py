from odoo import fields, models


class ShopResPartner(models.Model):
    _name = "shop.res.partner"
    _inherit = "shop.binding"
    _inherits = {"res.partner": "odoo_id"}
    _description = "Shop Partner"

    odoo_id = fields.Many2one(
        comodel_name="res.partner", string="Partner", required=True, ondelete="cascade"
    )
    # Shadows the partner's: a customer may be archived in a shop and remain an active
    # partner.
    active = fields.Boolean(default=True)
    newsletter = fields.Boolean()
    points = fields.Integer()

    _partner_uniq = models.Constraint(
        "UNIQUE(backend_id, odoo_id)",
        "A partner is bound once to a shop.",
    )


class ResPartner(models.Model):
    _inherit = "res.partner"

    shop_bind_ids = fields.One2many(
        comodel_name="shop.res.partner", inverse_name="odoo_id", string="Shops"
    )
