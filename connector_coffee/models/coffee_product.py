from odoo import fields, models

from odoo.addons.connector.api import Binding, Resource, for_version, method

from .coffee_binding import map_price


class CoffeeProduct(Binding):
    """A product bound to a recipe of a coffee machine."""

    _name = "coffee.product.product"
    _inherit = "coffee.binding"
    _description = "Coffee Recipe"
    _binds = "product.product"
    _bindings_field = "coffee_bind_ids"
    # The machine cannot delete recipes.
    _resource = Resource("/api/recipes", can_delete=False)
    _import_map = [
        ("name", "name"),
        ("active", "active"),
        for_version("<2", ("strength", "strength"), ("volume_ml", "volume_ml")),
        for_version(">=2", ("brewing.strength", "strength")),
        for_version(">=2", ("brewing.volume_ml", "volume_ml")),
        *map_price("list_price", "coffee_currency_id"),
    ]
    _price = method("list_price", "_price_on_machine")
    _cents = _price >> (lambda price: round(price * 100))
    _currency = "coffee_currency_id.name"
    _export_map = [
        ("name", "name"),
        ("active", "active"),
        for_version("<2", (_price >> "{:.2f}".format, "price")),
        for_version("<2", (_currency, "currency")),
        for_version(">=2", (_cents, "price.amount")),
        for_version(">=2", (_currency, "price.currency")),
    ]

    strength = fields.Integer()
    volume_ml = fields.Integer("Volume (ml)")
    coffee_currency_id = fields.Many2one(
        "res.currency", "Machine Currency", readonly=True
    )

    def _price_on_machine(self) -> float:
        company = self.backend_id.company_id
        currency = self.coffee_currency_id or company.currency_id
        today = fields.Date.today()
        return company.currency_id._convert(self.list_price, currency, company, today)


class ProductTemplate(models.Model):
    _inherit = "product.template"

    coffee_bind_ids = fields.One2many(
        "coffee.product.product", compute="_compute_coffee"
    )

    def _compute_coffee(self):
        for template in self:
            variants = template.with_context(active_test=False).product_variant_ids
            template.coffee_bind_ids = variants.coffee_bind_ids
