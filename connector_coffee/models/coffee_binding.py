from odoo import fields, models


class CoffeeBinding(models.AbstractModel):
    """A record of Odoo bound to a record of a coffee machine."""

    _name = "coffee.binding"
    _inherit = "connector.binding"
    _description = "Coffee Binding"

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
