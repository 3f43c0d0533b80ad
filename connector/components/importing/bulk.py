"""Imports a page as a whole, with few SQL statements."""

from __future__ import annotations

import logging

from odoo.addons.component.core import AbstractComponent

from ..result import SyncResult
from .context import ImportContext
from .errors import aborts_batch
from .state import OneByOneError, import_state

_logger = logging.getLogger(__name__)


class BulkImporter(AbstractComponent):
    """One search for the bindings of a page, one create, grouped writes.

    It takes the steps of the record importer, with its hooks; only the creation of new
    records and their binding are done for all of them together. When anything in a page
    fails, the page is imported record by record, so that a bad record stops only
    itself.
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
                "bulk import failed, importing record by record: model=%s",
                self.work.model_name,
                exc_info=True,
            )
            importer.discard_rolled_back()
            return super()._import_page(records)
        self._report_missing_keys(importer)
        return results

    def _import_together(self, importer, records: list[dict]) -> list[SyncResult]:
        page = [
            importer.new_context(self._external_id(record), record, read_now=True)
            for record in records
        ]
        if len({context.key for context in page}) < len(page):
            raise OneByOneError("Duplicate record in the page.")
        importer.prefetch_bindings(page)
        for context in page:
            importer.open_record(context)
        contexts = [context for context in page if not context.result]
        importer.lock_records(contexts)
        importer.prefetch_pending(contexts)
        try:
            self._save_together(importer, contexts)
        finally:
            import_state(self.work).unsaved.clear()
        return [
            *(context.result for context in page if context.result),
            *(importer.finish_record(context) for context in contexts),
        ]

    def _save_together(self, importer, contexts: list[ImportContext]) -> None:
        """Map and save records; those that another one needs are saved before it.

        :raises OneByOneError: they depend on each other
        """
        state = import_state(self.work)
        prepared: list[ImportContext] = []
        for context in contexts:
            if not context.binding:
                # A dependency of another record may have been imported in the meantime.
                context.binding = self.binder.to_internal(context.external_id)
            if importer.needs_any(context.record, state.unsaved):
                importer.save_records(prepared)
                prepared.clear()
                state.unsaved.clear()
            with state.importing(context.key, importer):
                importer.prepare_record(context)
            if state.deferred:
                raise OneByOneError("Records of the page depend on each other.")
            prepared.append(context)
            if context.kind == "created":
                state.unsaved.add(context.key)
        importer.save_records(prepared)
