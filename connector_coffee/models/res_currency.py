from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import ormcache


class ResCurrency(models.Model):
    _inherit = "res.currency"

    @api.model
    def _coffee_currency(self, code: str):
        """Return the currency a machine calls ``code``."""
        return self.browse(self._coffee_currency_id(code))

    @api.model
    @ormcache("code")
    def _coffee_currency_id(self, code: str) -> int:
        currency = self.with_context(active_test=False).search([("name", "=", code)])
        if not currency:
            raise UserError(self.env._("The currency %s is not known.", code))
        return currency.id
