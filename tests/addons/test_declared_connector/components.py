from odoo.addons.component.core import Component
from odoo.addons.connector.api import BasicAuth


class PantryAdapter(Component):
    _name = "pantry.adapter"
    _inherit = "base.rest.adapter"
    _collection = "pantry.backend"

    def _build_request_auth(self):
        return BasicAuth(*self._credentials())
