from odoo.addons.component.core import AbstractComponent


class CoffeeBase(AbstractComponent):
    """Base of the components of coffee machines."""

    _name = "coffee.base"
    _inherit = "base.connector"
    _collection = "coffee.backend"
