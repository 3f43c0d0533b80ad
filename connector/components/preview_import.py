"""Show what an import would do, without doing it."""

from __future__ import annotations

from contextlib import closing
from typing import Any, NamedTuple

from odoo import models

from odoo.addons.component.core import Component

from .differences import differences
from .mapping.trace import traced


class PreviewLine(NamedTuple):
    """What would become of one field; values are as people read them."""

    name: str
    label: str
    current: str
    new: str
    is_change: bool
    origin: str


class Preview(NamedTuple):
    """What an import would do: create a record, or change the one of ``binding_id``."""

    binding_id: int | None
    lines: list[PreviewLine]


class ImportPreviewer(Component):
    """Map a record and compare it with what is here; what it writes is undone."""

    _name = "base.import.previewer"
    _inherit = "base.connector"
    _usage = "import.previewer"

    def run(self, external_id: Any = None, payload: dict | None = None) -> Preview:
        """Preview the import of one record.

        :param external_id: needed to compare with the record here
        :param payload: the record as the other system tells it; fetched if not given
        :raises Exception: whatever the import would raise
        """
        # Mappings may create what they refer to, and delay jobs.
        with closing(self.env.cr.savepoint()):
            if payload is None:
                payload = self._fetch(external_id)
            binding = self.component(usage="binder").to_internal(external_id)
            mapper = self.component(usage="import.mapper")
            with traced(mapper) as origins:
                values = mapper.map_record(payload).values(
                    for_create=not binding, binding=binding or None
                )
            return Preview(
                binding.id or None,
                [
                    self._line(binding, name, value, origins[name])
                    for name, value in values.items()
                ],
            )

    def _fetch(self, external_id: Any) -> dict:
        return self.component(usage="backend.adapter").read(external_id)

    def _line(
        self, binding: models.BaseModel, name: str, value: Any, origins: list[str]
    ) -> PreviewLine:
        origin = ", ".join(reversed(origins))
        field = self.model._fields.get(name)
        if field is None:
            problem = self.env._("there is no such field")
            return PreviewLine(name, problem, "", str(value), True, origin)
        return PreviewLine(
            name,
            field._description_string(self.env),
            self._shown(field, binding[name]) if binding else "",
            self._shown_value(field, value),
            not binding or bool(differences(binding, {name: value})),
            origin,
        )

    def _shown_value(self, field, value: Any) -> str:
        """Return a value to write as people read it."""
        if field.type in ("one2many", "many2many"):
            return self.env._("%s commands", len(value or ()))
        record = self.model.new({field.name: value})
        return self._shown(field, record[field.name])

    def _shown(self, field, value: Any) -> str:
        if isinstance(value, models.BaseModel):
            return ", ".join(value.mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value or "")
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if value is False or value is None:
            return ""
        return str(value)
