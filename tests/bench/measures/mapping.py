"""Mapping of flat records."""

from __future__ import annotations

from collections.abc import Iterator

from odoo.addons.component.core import Component
from odoo.addons.connector.components.mapper import convert, mapping, none

from ..clock import per_second
from ..figure import Figure
from ..lab import Lab

RECORD = {
    "name": "Ada Lovelace",
    "email": "ada@example.org",
    "phone": "",
    "street": "12 St James's Square",
    "city": "London",
    "ref": "42",
}


def measure(lab: Lab) -> Iterator[Figure]:
    """Yield how many flat records of six fields are mapped per second."""
    with lab.environment(lab.database(("connector",))) as env:
        for name, component in (
            ("map a record of 6 fields, direct", DirectMapper),
            ("map a record of 6 fields, modifiers and methods", MixedMapper),
        ):
            map_record = _mapper(env, component).map_record
            rate = per_second(
                lambda map_record=map_record: map_record(RECORD).values(), lab.seconds
            )
            yield Figure(name, rate, "records/s", rate / lab.raw)


def _mapper(env, declared):
    registry = env["component.builder"]._init_global_registry()
    env["component.builder"].build_registry(registry)
    registry.ready = True
    declared._build_component(registry)
    with env["connector.backend"].new().work_on("res.partner") as work:
        return work.component_by_name(declared._name)


class DirectMapper(Component):
    _register = False
    _name = "bench.direct.mapper"
    _inherit = "base.import.mapper"

    direct = [(name, name) for name in RECORD]


class MixedMapper(Component):
    _register = False
    _name = "bench.mixed.mapper"
    _inherit = "base.import.mapper"

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
