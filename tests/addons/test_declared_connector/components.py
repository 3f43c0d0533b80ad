from odoo.addons.component.core import Component
from odoo.addons.connector.api import TokenLogin


class PantryAdapter(Component):
    _name = "pantry.adapter"
    _inherit = "base.rest.adapter"
    _collection = "pantry.backend"
    _token_login = TokenLogin("/api/login", username="user")
