"""What most mappers need: currencies, amounts, moments."""

from datetime import datetime, timezone

from odoo import fields

from ...exception import MappingError


class MapperLookup:
    """A part of the mapper in Python, not an extension of the component.

    ``base.mapper`` goes on to inherit from ``base.connector``, as other addons know it.
    """

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

    def exchange(self, amount, source=None, target=None) -> float:
        """Return an amount in another currency, at today's rate.

        :param source: its currency, that of the backend's company if none is given
        :param target: the other one, likewise
        """
        company = self.backend_record.company_id
        source, target = source or company.currency_id, target or company.currency_id
        return source._convert(float(amount), target, company, fields.Date.today())

    def moment(self, text: str) -> datetime:
        """Return an ISO 8601 moment as Odoo stores it: naive, in UTC.

        :raise ValueError: the text is none; one without zone is taken for UTC
        """
        moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
        if moment.tzinfo is None:
            return moment
        return moment.astimezone(timezone.utc).replace(tzinfo=None)
