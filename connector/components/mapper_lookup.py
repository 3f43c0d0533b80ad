"""Look-ups that most import mappers need."""

from odoo.addons.component.core import AbstractComponent

from ..exception import MappingError


class MapperLookup(AbstractComponent):
    _inherit = "base.import.mapper"

    def currency(self, code: str):
        """Return the currency with an ISO 4217 code, archived ones too.

        :raise MappingError: there is none
        """
        known = vars(self).setdefault("_currencies", {})
        if code not in known:
            currencies = self.env["res.currency"].with_context(active_test=False)
            known[code] = currencies.search([("name", "=", code)])
        if not known[code]:
            raise MappingError(self.env._("The currency %s is not known.", code))
        return known[code]
