"""Show what an import would do, without doing it."""

from __future__ import annotations

from contextlib import closing
from typing import Any, NamedTuple

from odoo import models
from odoo.tools import mute_logger

from odoo.addons.component.core import Component

from .differences import differences
from .external_id import is_external_id
from .mapping.trace import traced


class PreviewLine(NamedTuple):
    """The change of one field; values are formatted for display."""

    name: str
    label: str
    current: str
    new: str
    is_change: bool
    origin: str


class Preview(NamedTuple):
    """The result of a preview: create a record, or change the one of ``binding_id``."""

    binding_id: int | None
    lines: list[PreviewLine]


class ImportPreviewer(Component):
    """Map a record and compare it with the existing one; writes are rolled back."""

    _name = "base.import.previewer"
    _inherit = "base.connector"
    _usage = "import.previewer"

    def run(self, external_id: Any = None, payload: dict | None = None) -> Preview:
        """Preview the import of one record.

        :param external_id: needed to compare with the existing record
        :param payload: the record in the format of the external system; fetched if not
            given
        :raises Exception: whatever the import would raise
        """
        # All writes are rolled back, including delayed jobs and records created by
        # mappings.
        with closing(self.env.cr.savepoint()):
            if payload is None:
                payload = self._fetch(external_id)
            binding = self.component(usage="binder").to_internal(external_id)
            mapper = self.component(usage="import.mapper")
            with traced(mapper) as origins:
                values = mapper.map_record(payload).values(
                    for_create=not binding, binding=binding or None
                )
            preview = Preview(
                binding.id or None,
                [
                    self._line(binding, name, value, origins[name])
                    for name, value in values.items()
                ],
            )
            self._try(external_id, binding, values)
            return preview

    def _try(self, external_id: Any, binding: models.BaseModel, values: dict) -> None:
        """Execute the import in the database; the caller rolls it back.

        :raises Exception: the error of the database, or of a constraint
        """
        known = {key: val for key, val in values.items() if key in self.model._fields}
        model = self.model.with_context(connector_no_export=True)
        with mute_logger("odoo.sql_db"):
            if binding:
                changes = differences(binding, known)
                binding.with_context(connector_no_export=True).write(changes)
            else:
                model.create({**self._link(external_id), **known})
            self.env.flush_all()

    def _link(self, external_id: Any) -> dict:
        """Return the values that bind a new record to an external ID."""
        binder = self.component(usage="binder")
        link = {binder._backend_field: self.backend_record.id}
        if is_external_id(external_id):
            link[binder._external_field] = binder.normalize_external_id(external_id)
        return link

    def _fetch(self, external_id: Any) -> dict:
        return self.component(usage="backend.adapter").read(external_id)

    def _line(
        self, binding: models.BaseModel, name: str, value: Any, origins: list[str]
    ) -> PreviewLine:
        origin = ", ".join(reversed(origins))
        field = self.model._fields.get(name)
        if field is None:
            problem = self.env._("no such field")
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
        """Return a value to write, formatted for display."""
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
