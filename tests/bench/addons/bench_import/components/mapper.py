"""Mappers that run on the suite, and on the addons of the same names."""

from __future__ import annotations

from odoo.addons.component.core import Component
from odoo.addons.connector.components.mapper import (
    convert,
    mapping,
    none,
    only_create,
)

FIELDS = (
    *("name", "email", "phone", "street", "street2", "zip", "city"),
    *("website", "function", "ref"),
)


def record(number: int, version: int = 0) -> dict:
    """Return contact ``number``; each version changes two of its fields."""
    return {
        "id": f"C{number}",
        "name": f"Ada Lovelace {number}",
        "email": "ada@example.org",
        "phone": "",
        "street": "12 St James's Square",
        "street2": f"Floor {version}",
        "zip": "SW1Y 4JH",
        "city": "London",
        "website": "https://example.org",
        "function": "Analyst",
        "ref": f"{version}",
        "note": "first",
        "vat": "",
        "updated_at": f"2026-01-01T00:{version // 60:02}:{version % 60:02}Z",
    }


class DirectMapper(Component):
    _name = "bench.direct.mapper"
    _inherit = "base.import.mapper"
    _collection = "bench.backend"
    _usage = "direct.mapper"

    direct = [(name, name) for name in FIELDS[:6]]


class ModifierMapper(Component):
    _name = "bench.modifier.mapper"
    _inherit = "base.import.mapper"
    _collection = "bench.backend"
    _usage = "modifier.mapper"

    direct = [
        ("name", "name"),
        (none("email"), "email"),
        (none("phone"), "phone"),
        (convert("ref", int), "ref"),
    ]

    @mapping
    def street(self, record):
        return {"street": record["street"].upper()}

    @mapping
    def city(self, record):
        return {"city": record["city"].upper()}


class ContactMapper(Component):
    _name = "bench.contact.mapper"
    _inherit = "base.import.mapper"
    _collection = "bench.backend"

    direct = [(name, name) for name in FIELDS]

    @only_create
    @mapping
    def backend_id(self, record):
        return {"backend_id": self.backend_record.id}

    @mapping
    def comment(self, record):
        return {"comment": record["note"]}

    @mapping
    def vat(self, record):
        return {"vat": record["vat"] or False}
