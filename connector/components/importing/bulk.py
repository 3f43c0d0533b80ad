"""Imports a page as a whole: few statements for many records."""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import Any, NamedTuple

from odoo import fields, models

from odoo.addons.component.core import AbstractComponent
from odoo.addons.queue_job.exception import RetryableJobError

from ...database import pg_try_advisory_locks
from ..result import SyncResult
from .errors import aborts_batch
from .state import import_state

_logger = logging.getLogger(__name__)


class OneByOneError(Exception):
    """The records of a page cannot be imported together."""


class Written(NamedTuple):
    """What was done with one record of a page."""

    kind: str
    binding: models.BaseModel | None
    #: Fields that came for a binding that was there.
    names: tuple[str, ...]
    #: What the importer has found out about the record.
    state: dict

    @classmethod
    def by(cls, importer, kind: str, binding=None, data: dict | None = None) -> Written:
        names = ("external_id", "record", "_conflict", "_kept", "_odoo_wins")
        state = {name: getattr(importer, name) for name in names}
        return cls(kind, binding, tuple(data or ()), state)


class BulkImporter(AbstractComponent):
    """One search for the bindings of a page, one create, equal changes written at once.

    It uses the hooks of the record importer; only the creation of new records and
    their binding are done for all of them together. When anything in a page fails, the
    page is imported record by record, so that a bad record stops only itself.
    """

    _name = "generic.bulk.importer"
    _inherit = "generic.batch.importer"

    def _import_page(self, records):
        importer = self.component(usage="record.importer")
        try:
            with self.env.cr.savepoint():
                results = self._import_together(importer, records)
        except Exception as error:
            if aborts_batch(error):
                raise
            _logger.info(
                "A page of %s is imported record by record, as one of them fails",
                self.work.model_name,
                exc_info=True,
            )
            importer._discard_rolled_back()
            return super()._import_page(records)
        self._report_missing_keys(importer)
        return results

    def _import_together(self, importer, records: list[dict]) -> list[SyncResult]:
        by_id = {self._external_id(record): record for record in records}
        keys = {external_id: importer._key(external_id) for external_id in by_id}
        if len(set(keys.values())) < len(records):
            raise OneByOneError("The page has a record twice.")
        self._look_up(importer, by_id)
        results, wanted, unbound = [], {}, []
        for external_id, record in by_id.items():
            result = importer._begin(external_id, record=record, read_now=True)
            if result:
                results.append(result)
                continue
            wanted[external_id] = keys[external_id], importer.record, importer.binding
            if not importer.binding:
                unbound.append(external_id)
        self._lock(importer, list(wanted), unbound)
        for done in self._write(importer, wanted):
            vars(importer).update(done.state, binding=done.binding)
            if done.kind == "created":
                self.binder.add_to_cache(importer.external_id, done.binding)
            if done.names:
                importer._store_remote_digests(done.names)
            importer._after_import()
            if importer._odoo_wins:
                importer._export_match()
            results.append(importer._result(done.kind))
        return results

    def _write(self, importer, records: dict[Any, tuple]) -> list[Written]:
        """Map and write records; return what was done with each."""
        new, known = [], []
        changed: defaultdict = defaultdict(list)
        state = import_state(self.work)
        importer.prefetch_pending(list(records))
        for external_id, (key, record, binding) in records.items():
            # What another record needed may have been imported meanwhile.
            binding = binding or self.binder.to_internal(external_id)
            importer._turn_to(external_id, record, binding)
            with state.importing(key, importer):
                importer._import_dependencies()
                map_record = importer.mapper.map_record(record)
                if importer.binding:
                    data = importer._update_data(map_record)
                    values = importer._values_to_write(data)
                    same = changed[repr(sorted(values.items()))]
                    same.append((importer.binding, values))
                    kind = importer._kind_of(values)
                    known.append(Written.by(importer, kind, importer.binding, data))
                else:
                    data = importer._create_data(map_record)
                    values = importer._link() | self._bound() | data
                    new.append((Written.by(importer, "created"), values))
        if state.deferred:
            raise OneByOneError("Records of the page need each other.")
        self._write_together(importer, changed)
        return known + self._create_together(importer, new)

    def _look_up(self, importer, by_id: dict) -> None:
        """Look up the bindings this page needs, with a query for each model."""
        needed: defaultdict[str, set] = defaultdict(set)
        needed[self.work.model_name].update(by_id)
        for record in by_id.values():
            for external_id, model in importer._dependencies(record):
                needed[model].add(external_id)
        for model, external_ids in needed.items():
            self.binder_for(model).prefetch(list(external_ids))

    def _lock(self, importer, external_ids: list, unbound: list) -> None:
        names = [importer._lock_name(external_id) for external_id in external_ids]
        if not pg_try_advisory_locks(self.env, names):
            raise RetryableJobError(
                self.env._("A record of this page is being imported by another job."),
                seconds=1,
                ignore_retry=True,
            )
        if unbound:
            importer._retry_if_bound_concurrently(unbound)

    def _create_together(self, importer, new: list) -> list[Written]:
        bindings = importer._create_many([values for _written, values in new])
        return [
            written._replace(binding=binding)
            for (written, _values), binding in zip(new, bindings, strict=True)
        ]

    def _write_together(self, importer, changed: dict) -> None:
        if not changed:
            return
        groups = [
            (self.model.union(*(binding for binding, _values in same)), same[0][1])
            for same in changed.values()
        ]
        bindings = self.model.union(*(bindings for bindings, _values in groups))
        importer._lock_rows(bindings, {name for _same, vals in groups for name in vals})
        for bindings, values in groups:
            bindings = bindings.with_context(connector_no_export=True)
            bindings.write(self._bound() | values)

    def _bound(self) -> dict:
        return {self.binder._sync_date_field: fields.Datetime.now()}
