from odoo import fields, models


class CoffeeBinding(models.AbstractModel):
    """A record of Odoo and what it is on a coffee machine."""

    _name = "coffee.binding"
    _inherit = "connector.binding"
    _description = "Coffee Binding"

    backend_id = fields.Many2one(
        "coffee.backend", "Coffee machine", required=True, ondelete="restrict"
    )
    backend_company_id = fields.Many2one(
        related="backend_id.company_id", store=True, string="Company of the machine"
    )
    coffee_id = fields.Integer("Machine id", index=True, copy=False)

    _machine_id_unique = models.UniqueIndex(
        "(backend_id, coffee_id) WHERE coffee_id != 0",
        "Another record is bound to this id of the coffee machine.",
    )
