from odoo import fields, models


class CoffeePartner(models.Model):
    """A contact with a badge for a coffee machine."""

    _name = "coffee.res.partner"
    _inherit = "coffee.binding"
    _inherits = {"res.partner": "odoo_id"}
    _description = "Coffee Badge"

    odoo_id = fields.Many2one(
        "res.partner", "Odoo Contact", required=True, ondelete="cascade"
    )

    _odoo_unique = models.Constraint(
        "UNIQUE (backend_id, odoo_id)",
        "This contact already has a badge for the coffee machine.",
    )


class ResPartner(models.Model):
    _inherit = "res.partner"

    coffee_bind_ids = fields.One2many("coffee.res.partner", "odoo_id")
