"""Imports keep pending changes, and update what exports know of the remote values.

Conflicts are resolved field by field. A field of Odoo with a pending export keeps its
value, and the export sends it; the other fields of the record take the received values.
The digests of the exports, which prevent sending the same values again, are updated
with the received values.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from ..differences import differences
from ..exporting.digests import digest
from .context import ImportContext

_logger = logging.getLogger(__name__)

# Not the name of a field: selects the values that depend on no field.
_NO_FIELD = ""


class PendingExportsMixin:
    """The part of the record importer that takes the exports into account."""

    #: The exporter, once looked up; ``False`` if there is none.
    _exporter_cache: Any = None
    #: The pending exports of the bindings of a page, if prefetched.
    _pending_by_binding: dict[int, set[str] | None] | None = None

    def _without_pending(self, data: dict) -> dict:
        """Return the values to write, without those of fields with a pending export."""
        if self._pending_by_binding == {}:
            return data
        waiting = self._pending_fields()
        self.context.kept = kept = waiting.intersection(data)
        if not kept:
            return data
        differing = differences(self.binding, {name: data[name] for name in kept})
        if names := sorted(filter(self._changed_remotely, differing)):
            fields = self.model._fields
            labels = (fields[name]._description_string(self.env) for name in names)
            self.context.conflict = self.env._(
                "Changed both in Odoo and in the external system: %s. Odoo's value is "
                "kept and exported.",
                ", ".join(labels),
            )
        return {name: value for name, value in data.items() if name not in kept}

    def prefetch_pending(self, contexts: Iterable[ImportContext]) -> None:
        """Look up the pending exports of all these records with one query."""
        if self._exporter():
            bindings = self.model.union(*(context.binding for context in contexts))
            pending = self.env["connector.pending.export"].sudo()
            self._pending_by_binding = pending._waiting_for(bindings)

    def _pending_fields(self) -> set[str]:
        """Return the fields of the binding with a pending export."""
        exporter = self._exporter()
        if not exporter:
            return set()
        waiting = self._pending_by_binding
        if waiting is None:
            pending = self.env["connector.pending.export"].sudo()
            waiting = pending._waiting_for(self.binding)
        names = waiting.get(self.binding.id, set())
        return exporter.mapper.changed_by_fields() if names is None else names

    def _changed_remotely(self, name: str) -> bool:
        """Whether the external system may have changed the values of a field."""
        known = self.binding.exported_digests or {}
        keys = self._export_values([name])
        return not keys or any(
            key not in self.record or known.get(key) != digest(self.record[key])
            for key in keys
        )

    def _store_remote_digests(self, names: Iterable[str]) -> None:
        """Update the digests of the exports with the received values.

        :param names: fields that were imported, changed or not
        """
        exporter = self._exporter()
        known = exporter and self.binding.exported_digests
        if not known:
            return
        try:
            received = self._export_values(set(names) - self.context.kept)
            stale = self._export_values(self.context.kept) if self.context.kept else ()
            always = self._always_exported()
        except Exception:
            # No reason to reject the import; all values are sent the next time.
            _logger.info(
                "export mapping failed, digests reset: binding=%s",
                self.binding,
                exc_info=True,
            )
            self._set_digests({})
            return
        values = {
            # Values that depend on undeclared fields are taken as received.
            **{key: self.record[key] for key in always if key in self.record},
            **received,
        }
        values = {key: value for key, value in values.items() if key in known}
        memory = exporter.updated_digests(values, known)
        # Kept values are sent, whatever was sent of them before.
        self._set_digests({key: memory[key] for key in memory if key not in stale})

    def _set_digests(self, memory: dict) -> None:
        if memory != (self.binding.exported_digests or {}):
            binding = self.binding.with_context(connector_no_export=True)
            binding.exported_digests = memory or False

    def _export_values(self, names: Iterable[str]) -> dict[str, Any]:
        """Return the exported values that depend on some fields of the binding."""
        map_record = self._exporter().mapper.map_record(self.binding)
        always = self._always_exported()
        values = map_record.values(fields=list(names))
        return {key: value for key, value in values.items() if key not in always}

    def _always_exported(self) -> set[str]:
        """Return the keys that an export sends whichever field has changed."""
        map_record = self._exporter().mapper.map_record(self.binding)
        return set(map_record.values(fields=[_NO_FIELD]))

    def _exporter(self):
        """Return the exporter of the model, if it keeps digests of exported values."""
        if "exported_digests" not in self.model._fields:
            return None
        if self._exporter_cache is None:
            # The error of a lookup without result explains at length what came close.
            exporter = bool(self.many_components(usage="record.exporter"))
            exporter = exporter and self.component(usage="record.exporter")
            self._exporter_cache = hasattr(exporter, "updated_digests") and exporter
        return self._exporter_cache or None
