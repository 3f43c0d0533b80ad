"""Imports a page as a whole: few statements for many records."""

import logging
from collections import defaultdict

from odoo import fields

from odoo.addons.component.core import AbstractComponent
from odoo.addons.queue_job.exception import RetryableJobError

from ..database import pg_try_advisory_locks
from .importer_batch import NOT_THE_RECORD
from .result import SyncResult

_logger = logging.getLogger(__name__)


class BulkImporter(AbstractComponent):
    """One search for the bindings of a page, one create, equal changes written at once.

    It uses the hooks of the record importer; only the creation of new records and
    their binding are done for all of them together. When anything in a page fails, the
    page is imported record by record, so that a bad record stops only itself.
    """

    _name = "generic.bulk.importer"
    _inherit = "generic.batch.importer"

    def _import_page(self, records):
        try:
            with self.env.cr.savepoint():
                return self._import_together(records)
        except NOT_THE_RECORD:
            raise
        except Exception:
            _logger.info(
                "A page of %s is imported record by record, as one of them fails",
                self.work.model_name,
                exc_info=True,
            )
            self.work.known_bindings.clear()
            return super()._import_page(records)

    def _import_together(self, records: list[dict]) -> list[SyncResult]:
        importer = self.component(usage="record.importer")
        by_id = {self._external_id(record): record for record in records}
        self._look_up(importer, by_id)
        results, wanted = [], []
        for external_id, record in by_id.items():
            result = importer._begin(external_id, force=self._is_full(), record=record)
            if result:
                results.append(result)
            else:
                wanted.append(external_id)
        self._lock(importer, wanted)
        written = self._write(importer, [by_id[external_id] for external_id in wanted])
        for record, binding, kind in written:
            importer.external_id = self._external_id(record)
            importer.record, importer.binding = record, binding
            self.binder.note(importer.external_id, binding)
            importer._after_import()
            results.append(importer._result(kind))
        return results

    def _write(self, importer, records: list[dict]) -> list[tuple]:
        """Map and write records; return each with its binding, and what was done."""
        new, known, changed = [], [], defaultdict(list)
        for record in records:
            importer._begin(self._external_id(record), force=True, record=record)
            importer._import_dependencies()
            map_record = importer.mapper.map_record(record)
            if importer.binding:
                values = importer._changes(importer._update_data(map_record))
                changed[repr(sorted(values.items()))].append((importer.binding, values))
                known.append((record, importer.binding, importer._kind_of(values)))
            else:
                data = importer._create_data(map_record)
                new.append((record, importer._link() | self._bound() | data))
        self._write_together(changed)
        return known + self._create_together(importer, new)

    def _look_up(self, importer, by_id: dict) -> None:
        """Look up the bindings this page needs, with a query for each model."""
        needed = defaultdict(set)
        needed[self.work.model_name].update(by_id)
        for record in by_id.values():
            for external_id, model in importer._dependencies(record):
                needed[model].add(external_id)
        for model, external_ids in needed.items():
            self.binder_for(model).remember(list(external_ids))

    def _lock(self, importer, external_ids: list) -> None:
        names = [importer._lock_name(external_id) for external_id in external_ids]
        if not pg_try_advisory_locks(self.env, names):
            raise RetryableJobError(
                self.env._("A record of this page is being imported by another job."),
                seconds=1,
                ignore_retry=True,
            )
        if unknown := [i for i in external_ids if not self.binder.to_internal(i)]:
            importer._retry_if_bound_meanwhile(unknown)

    def _create_together(self, importer, new: list) -> list[tuple]:
        bindings = importer._create_many([values for _record, values in new])
        return [
            (record, binding, "created")
            for (record, _values), binding in zip(new, bindings, strict=True)
        ]

    def _write_together(self, changed: dict) -> None:
        for same in changed.values():
            bindings = self.model.union(*(binding for binding, _values in same))
            bindings = bindings.with_context(connector_no_export=True)
            bindings.write(self._bound() | same[0][1])

    def _bound(self) -> dict:
        return {self.binder._sync_date_field: fields.Datetime.now()}
