from odoo.addons.component.core import AbstractComponent, Component


class CoffeeBase(AbstractComponent):
    """Base of all coffee machine components."""

    _name = "coffee.base"
    _inherit = "base.connector"
    _collection = "coffee.backend"


class CoffeeBinder(Component):
    _name = "coffee.binder"
    _inherit = ["base.binder", "coffee.base"]
    _external_field = "coffee_id"
    _apply_on = ["coffee.product.product", "coffee.res.partner"]


class CoffeeBrewBinder(Component):
    """A brew binds no other record."""

    _name = "coffee.brew.binder"
    _inherit = "coffee.binder"
    _odoo_field = "id"
    _apply_on = "coffee.brew"
