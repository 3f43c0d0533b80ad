from odoo import fields, models

from odoo.addons.connector.api import for_version, key, search_by


class CoffeeBinding(models.AbstractModel):
    """A record of Odoo bound to a record of a coffee machine."""

    _name = "coffee.binding"
    _inherit = "connector.binding"
    _description = "Coffee Binding"
    _external_field = "coffee_id"

    backend_id = fields.Many2one(
        "coffee.backend", "Coffee Machine", required=True, ondelete="restrict"
    )
    backend_company_id = fields.Many2one(
        related="backend_id.company_id", store=True, string="Machine Company"
    )
    coffee_id = fields.Integer("Machine ID", index=True, copy=False)

    _machine_id_unique = models.UniqueIndex(
        "(backend_id, coffee_id) WHERE coffee_id != 0",
        "Another record is already bound to this machine ID.",
    )


def map_price(amount: str, currency: str) -> list:
    """Return how to map prices, which the firmware versions send differently.

    :param amount: field of the amount, in the currency of the machine
    :param currency: field of that currency
    """
    code = search_by("res.currency", "name")
    return [
        for_version("<2", (key("price") >> float, amount)),
        for_version("<2", ("currency" >> code, currency)),
        for_version(">=2", (key("price.amount") >> (lambda n: n / 100), amount)),
        for_version(">=2", ("price.currency" >> code, currency)),
    ]
