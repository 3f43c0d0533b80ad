"""Create and write what was mapped: one record, or all records of a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from odoo import fields, models

from ..binding.binder import Binder
from .context import ImportContext


class SavingMixin:
    """The part of the record importer that writes bindings."""

    def save_record(self, context: ImportContext) -> None:
        """Create or write the binding of one record, and bind it."""
        # The date is written with the other values, rather than by the binder.
        date = self._sync_date() if context.values else {}
        if context.kind == "created":
            with self._retry_if_created_concurrently():
                context.binding = self._create(date | context.values)
        else:
            self._lock_rows(context.binding, context.values)
            self._update(date | context.values)
        if self._is_bound(context, date):
            self.binder.add_to_cache(context.external_id, context.binding)
        else:
            self.binder.bind(context.external_id, context.binding)

    def save_records(self, contexts: Iterable[ImportContext]) -> None:
        """Create all new bindings at once, write equal changes together.

        :meth:`_create` and :meth:`_update` are not called.
        """
        contexts = list(contexts)
        self._write_together([one for one in contexts if one.kind != "created"])
        new = [one for one in contexts if one.kind == "created"]
        bindings = self._create_many(
            [self._link(one) | self._sync_date() | one.values for one in new]
        )
        for context, binding in zip(new, bindings, strict=True):
            context.binding = binding
            self.binder.add_to_cache(context.external_id, binding)

    def _is_bound(self, context: ImportContext, date: dict) -> bool:
        """Whether all that :meth:`Binder.bind` would write has been written."""
        binder = self.binder
        if not date or type(binder).bind is not Binder.bind:
            return False
        expected = date | {
            binder._external_field: binder.normalize_external_id(context.external_id)
        }
        binding = context.binding
        return all(binding[name] == value for name, value in expected.items())

    def _create(self, data: dict) -> models.BaseModel:
        """Create the binding of the current record."""
        return self._create_many([self._link(self.context) | data])

    def _update(self, data: dict) -> None:
        """Write the values that differ to the binding of the current record."""
        if data:
            self.binding.with_context(connector_no_export=True).write(data)

    def _link(self, context: ImportContext) -> dict:
        """Return what makes a new record the binding of an external record."""
        binder = self.binder
        return {
            binder._backend_field: self.backend_record.id,
            binder._external_field: binder.normalize_external_id(context.external_id),
        }

    def _create_many(self, values: list[dict]) -> models.BaseModel:
        return self.model.with_context(connector_no_export=True).create(values)

    def _write_together(self, contexts: list[ImportContext]) -> None:
        if not contexts:
            return
        groups = defaultdict(list)
        for context in contexts:
            groups[repr(sorted(context.values.items()))].append(context)
        bindings = self.model.union(*(context.binding for context in contexts))
        self._lock_rows(bindings, {name for one in contexts for name in one.values})
        for same in groups.values():
            bindings = self.model.union(*(context.binding for context in same))
            bindings.with_context(connector_no_export=True).write(
                self._sync_date() | same[0].values
            )

    def _sync_date(self) -> dict:
        return {self.binder._sync_date_field: fields.Datetime.now()}
