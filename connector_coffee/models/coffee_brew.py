from odoo import fields, models


class CoffeeBrew(models.Model):
    """A coffee that was drunk; it exists in Odoo only as what the machine told."""

    _name = "coffee.brew"
    _inherit = "coffee.binding"
    _description = "Brewed Coffee"
    _order = "brewed_at desc, id desc"
    _rec_name = "product_id"

    recipe_id = fields.Many2one("coffee.product.product", ondelete="restrict")
    badge_id = fields.Many2one("coffee.res.partner", ondelete="set null")
    # Not followed through the badge, which goes away with its contact: the coffee was
    # drunk.
    product_id = fields.Many2one("product.product", ondelete="restrict")
    partner_id = fields.Many2one("res.partner", "Drinker", ondelete="set null")
    price = fields.Monetary()
    currency_id = fields.Many2one("res.currency")
    brewed_at = fields.Datetime(index=True)
