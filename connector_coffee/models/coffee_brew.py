from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.connector.api import Binding, Resource, bound, for_version
from odoo.addons.connector.components.mapper import parse_datetime

from .coffee_binding import map_price
from .coffee_partner import CoffeePartner
from .coffee_product import CoffeeProduct


def _relations(recipe: str, badge: str) -> list:
    return [
        (bound(recipe, CoffeeProduct), "recipe_id"),
        (bound(recipe, CoffeeProduct), "product_id"),
        (bound(badge, CoffeePartner), "badge_id"),
        (bound(badge, CoffeePartner), "partner_id"),
    ]


class CoffeeBrew(Binding):
    """A brewed coffee, as reported by the machine; it binds no other record."""

    _name = "coffee.brew"
    _inherit = "coffee.binding"
    _description = "Brewed Coffee"
    _order = "brewed_at desc, id desc"
    _rec_name = "product_id"
    _resource = Resource("/api/brews")
    _import_map = [
        (parse_datetime("brewed_at"), "brewed_at"),
        *map_price("price", "currency_id"),
        for_version("<2", *_relations("recipe_id", "badge_id")),
        for_version(">=2", *_relations("recipe.id", "badge.id")),
    ]

    recipe_id = fields.Many2one("coffee.product.product", ondelete="restrict")
    badge_id = fields.Many2one("coffee.res.partner", ondelete="set null")
    # Not through the badge, which is deleted with its contact: the brew remains.
    product_id = fields.Many2one("product.product", ondelete="restrict")
    partner_id = fields.Many2one("res.partner", "Drinker", ondelete="set null")
    price = fields.Monetary()
    currency_id = fields.Many2one("res.currency")
    brewed_at = fields.Datetime("Brewed on", index=True)

    def pour_when_busy(self, backend: models.BaseModel, minutes: int) -> str:
        """Pour the configured coffee, and post the reason (a job)."""
        recipe, badge = backend.busy_recipe_id, backend.busy_badge_id
        if not recipe.coffee_id or not badge.coffee_id:
            raise UserError(
                self.env._("Select a recipe and a badge on the coffee machine.")
            )
        with self._work(backend) as work:
            brew_id = work.component(usage="backend.adapter").create(
                {"recipe_id": recipe.coffee_id, "badge_id": badge.coffee_id}
            )
            work.component(usage="record.importer").run(brew_id)
        message = self.env._(
            "Queue latency alert: the oldest job has been waiting for %(minutes)s "
            "minutes. Poured a %(recipe)s for %(drinker)s.",
            minutes=minutes,
            recipe=recipe.name,
            drinker=badge.name,
        )
        backend.message_post(body=message)
        return message
