"""Mapper helpers: search by key, currencies, dates, translations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from odoo import fields, models

from ...exception import MappingError
from ..company import company_domain
from ..differences import to_stored_datetime

if TYPE_CHECKING:
    from odoo.models import BaseModel


class MapperHelpers:
    """A Python base class of the mapper, not a component of its own.

    ``base.mapper`` must keep inheriting from ``base.connector``, as other addons rely
    on it.
    """

    def binder_for(self, model: BaseModel | None = None) -> Any:
        """Return the binder of a model (cached).

        :param model: name or records of a binding model, by default that of the mapper
        """
        if isinstance(model, models.BaseModel):
            return super().binder_for(model)
        binders = vars(self).setdefault("_binders", {})
        if model not in binders:
            binders[model] = super().binder_for(model)
        return binders[model]

    def search_by(
        self, model: str, field: str, value: Any, create: dict | None = None
    ) -> models.BaseModel:
        """Return the record of a model with a given key.

        ``self.search_by("res.country", "code", "BE")``

        Searches shared records and those of the backend's company. An archived record
        is returned only if no active one has the key.

        :param create: additional values of a new record, created if there is none
        :raise MappingError: the key is empty, matches several records, or matches none
            and ``create`` is not given
        """
        known = vars(self).setdefault("_search_cache", {})
        key = (model, field, value)
        if key in known:
            return known[key]
        records = self.env[model].with_context(active_test=False)
        what = {
            "model": records._description,
            "field": records._fields[field]._description_string(self.env),
            "value": value,
        }
        if value is None or value is False or not str(value).strip():
            raise MappingError(
                self.env._(
                    "%(model)s: cannot be searched by %(field)s: the value is empty.",
                    **what,
                )
            )
        found = self._search_key(records, field, value)
        if len(found) > 1:
            raise MappingError(
                self.env._(
                    "%(model)s: several records have %(field)s %(value)s: %(names)s.",
                    **what,
                    names=", ".join(found.mapped("display_name")),
                )
            )
        if not found and create is None:
            raise MappingError(
                self.env._(
                    "%(model)s: no record with %(field)s %(value)s.",
                    **what,
                )
            )
        if create is None:
            known[key] = found
        # A record created here is rolled back with the one that needs it.
        return found or self.env[model].create({field: value, **create})

    def clear_search_cache(self) -> None:
        """Clear the cache: a rollback may have undone created records."""
        vars(self).pop("_search_cache", None)

    def _search_key(self, records: models.BaseModel, field: str, value: Any):
        size = getattr(records._fields[field], "size", None)
        if size and len(str(value)) > size:
            # Odoo would search for its beginning: "ATLANTIS" is not Austria, "AT".
            return records.browse().with_env(self.env)
        domain = [(field, "=", value), *company_domain(self.backend_record, records)]
        found = records.search(domain)
        if not found and records._fields[field].translate:
            # The language of the user who started the import does not matter.
            found = records.with_context(lang="en_US").search(domain)
        if len(found) > 1 and "active" in found._fields:
            found = found.filtered("active") or found
        return found.with_env(self.env)

    def currency(self, code: str) -> BaseModel:
        """Return the currency with an ISO 4217 code, archived ones included.

        :raise MappingError: there is none
        """
        return self.search_by("res.currency", "name", code)

    def convert_currency(
        self, amount: float, source: Any = None, target: Any = None
    ) -> float:
        """Convert an amount to another currency, at today's rate.

        :param source: its currency; by default that of the backend's company
        :param target: the target currency; same default
        """
        company = self.backend_record.company_id
        source, target = source or company.currency_id, target or company.currency_id
        return source._convert(float(amount), target, company, fields.Date.today())

    def parse_datetime(self, text: str) -> datetime:
        """Parse an ISO 8601 datetime as Odoo stores it: naive, in UTC, in seconds.

        :raise ValueError: invalid text; a datetime without a time zone is taken as UTC
        """
        text = text.strip().replace("Z", "+00:00")
        return to_stored_datetime(datetime.fromisoformat(text))

    def parse_date(self, text: str) -> date:
        """Parse the date at the beginning of an ISO 8601 text.

        :raise ValueError: the text is none
        """
        return date.fromisoformat(text.strip()[:10])

    def iso(self, moment: datetime | date | None) -> str | None:
        """Format an Odoo datetime (naive, UTC) or a date as ISO 8601."""
        if not moment:
            return None
        return moment.isoformat() + ("Z" if isinstance(moment, datetime) else "")

    # Names of the first release, for connectors that call them.
    find, exchange = search_by, convert_currency
    moment, day = parse_datetime, parse_date

    def translations(
        self, record: models.BaseModel, names: Iterable[str]
    ) -> dict[str, dict[str, Any]]:
        """Return fields of a record in each installed language, with one read per
        language.

        :return: ``{"fr_BE": {"name": "Café"}, ...}``
        """
        names = list(names)
        return {
            code: record.with_context(lang=code).read(names, load=None)[0]
            for code, _name in self.env["res.lang"].get_installed()
        }
