from odoo import fields, models


class CoffeeProduct(models.Model):
    """A product bound to a recipe of a coffee machine."""

    _name = "coffee.product.product"
    _inherit = "coffee.binding"
    _inherits = {"product.product": "odoo_id"}
    _description = "Coffee Recipe"

    odoo_id = fields.Many2one(
        "product.product", "Odoo Product", required=True, ondelete="cascade"
    )
    strength = fields.Integer()
    volume_ml = fields.Integer("Volume (ml)")
    coffee_currency_id = fields.Many2one(
        "res.currency", "Machine Currency", readonly=True
    )

    _odoo_unique = models.Constraint(
        "UNIQUE (backend_id, odoo_id)",
        "This product is already a recipe of the coffee machine.",
    )


class ProductProduct(models.Model):
    _inherit = "product.product"

    coffee_bind_ids = fields.One2many("coffee.product.product", "odoo_id")


class ProductTemplate(models.Model):
    _inherit = "product.template"

    coffee_bind_ids = fields.One2many(
        "coffee.product.product", compute="_compute_coffee"
    )

    def _compute_coffee(self):
        for template in self:
            variants = template.with_context(active_test=False).product_variant_ids
            template.coffee_bind_ids = variants.coffee_bind_ids
