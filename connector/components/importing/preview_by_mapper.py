"""Preview of an import that has no importer of single records, by the mapper alone."""

from __future__ import annotations

from typing import Any

from odoo import models
from odoo.tools import mute_logger

from ..binding.external_id import is_external_id
from ..differences import differences
from ..mapping.files import FileSource
from ..mapping.trace import traced
from .preview_lines import Preview


class PreviewByMapperMixin:
    """The part of the previewer that maps a record, and tries to save the values."""

    def _map(self, external_id: Any, payload: dict | None) -> Preview:
        if payload is None:
            payload = self._fetch(external_id)
        binder = self.component(usage="binder")
        binding = binder.to_internal(external_id)
        mapper = self.component(usage="import.mapper")
        with traced(mapper) as origins:
            values = mapper.map_record(payload).values(
                for_create=not binding, binding=binding or None
            )
        # Files are not fetched for a preview.
        values = {
            name: value
            for name, value in values.items()
            if not isinstance(value, FileSource)
        }
        linked = None if binding else self._linked(binder, values)
        known = binding if linked is None else linked
        lines = [
            self._line(self.model, known, name, value, origins[name])
            for name, value in values.items()
        ]
        self._try(external_id, binding, values)
        if binding:
            changes = any(line.is_change for line in lines)
            return Preview("updated" if changes else "unchanged", binding.id, lines)
        if linked is None:
            return Preview("created", lines=lines)
        return Preview("linked", lines=lines, linked=linked.display_name)

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
