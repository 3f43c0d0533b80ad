"""Imports a list of records that comes in pages."""

import logging
from typing import Any

from odoo.addons.component.core import AbstractComponent
from odoo.addons.queue_job.job.retry_seconds import seconds_to_wait
from odoo.addons.queue_job.utils import must_run_without_delay

from ...exception import IncompleteListError, InvalidDataError
from ..binding.external_id import is_external_id
from ..http.pagination import PageToken, query
from ..http.redaction import mask
from ..result import SyncResult
from .errors import aborts_batch, failure_reason, is_transient

_logger = logging.getLogger(__name__)


class BatchImporter(AbstractComponent):
    """One job a page: each page is one transaction, tried again by itself.

    A record that cannot be imported is rolled back alone and reported on the sync run
    with its reason; one that has to wait, for a lock or for what it needs, goes to a
    job of its own. The others of the page arrive.
    """

    _name = "generic.batch.importer"
    _inherit = "base.importer"
    _usage = "batch.importer"

    def run(
        self, filters: dict | None = None, page_token: PageToken | None = None
    ) -> str:
        """Import one page, and delay a job for each page it leads to.

        :param page_token: of the page, none for the first
        :return: what happened, in words
        """
        self.work.binding_cache = {}
        self.work._propagate_kwargs.append("binding_cache")
        run = self._current_run()
        try:
            records, next_pages = self.backend_adapter.read_page(filters, page_token)
        except IncompleteListError as error:
            if not run:
                raise
            # What the pages before held arrives all the same.
            run._note_incomplete(mask(str(error)))
            return self.env._("The list could not be read completely: %s", error)
        for next_page in next_pages:
            self._delay_page(filters, next_page)
        results = self._import_page(records)
        key = self._cursor_field(run)
        moments = [rec.get(key) for rec in records if isinstance(rec, dict)]
        run._count(
            results,
            seen=len(records),
            changed_at=moments,
            pages_asked=len(next_pages),
        )
        return self._summary(records, next_pages, results)

    # -- hooks

    def _delay_page(self, filters: dict | None, page_token: PageToken) -> None:
        where = ", ".join(f"{key} {value}" for key, value in query(page_token).items())
        self.model.with_delay(
            description=self.env._(
                "Import %(model)s: %(where)s",
                model=self.model._description,
                where=mask(where),
            )
        ).import_page(self.backend_record, filters, page_token)

    def _import_page(self, records: list[dict]) -> list[SyncResult]:
        importer = self.component(usage="record.importer")
        results = [self._import_safely(importer, record) for record in records]
        self._report_missing_keys(importer)
        return [result for result in results if result]

    def _external_id(self, record: dict) -> Any:
        """Return the id of a record of a page.

        :raise InvalidDataError: it is no record, or has no id that bindings can hold
        """
        if not isinstance(record, dict):
            raise InvalidDataError(
                self.env._("A record was expected, not %s.", mask(repr(record))[:80])
            )
        key = self.backend_adapter._id_key
        external_id = record.get(key)
        if not is_external_id(external_id):
            raise InvalidDataError(self.env._("The record has no “%s”.", key))
        self.binder.normalize_external_id(external_id)
        return external_id

    def _cursor_field(self, run) -> str | None:
        """Return the key under which records of a list say when they changed."""
        flow = run._declared_flow() if run else None
        if flow and flow.cursor_field:
            return flow.cursor_field
        return getattr(self.component(usage="record.importer"), "_version_key", None)

    # -- helpers

    def _current_run(self):
        return self.env["connector.sync.run"]._current()

    def _import_safely(self, importer, record: dict) -> SyncResult | None:
        """Import one record of a page; what is wrong with it becomes its result.

        :return: ``None`` where a job of its own is going to import it
        """
        external_id = binding = None
        try:
            external_id = self._external_id(record)
            with self.env.cr.savepoint():
                return importer.import_one(external_id, record=record, read_now=True)
        except Exception as error:
            if aborts_batch(error):
                raise
            _logger.info(
                "%s %s not imported", self.work.model_name, external_id, exc_info=True
            )
            # What was bound for the sake of this record is gone with it.
            importer._discard_rolled_back()
            if external_id is not None:
                # Where nothing is delayed, the next run of the flow tries it again.
                if is_transient(error) and not must_run_without_delay(self.env):
                    wait = getattr(error, "seconds", None)
                    self._delay_record(external_id, eta=wait and seconds_to_wait(wait))
                    return None
                # None where not even the binding could be found.
                binding = importer.binding
            return SyncResult(
                "failed",
                external_id,
                binding,
                failure_reason(self.env, error),
                record,
                work=self.work,
            )

    def _delay_record(self, external_id: Any, **options: Any) -> None:
        """Have a job of its own import one record.

        :param options: for ``with_delay``
        """
        self.model.with_delay(
            description=self.env._(
                "Import %(model)s %(id)s", model=self.model._description, id=external_id
            ),
            **options,
        ).import_record(self.backend_record, external_id)

    def _report_missing_keys(self, importer) -> None:
        """Tell once a run which mapped keys were in no record of a page."""
        lines, run = self.env["connector.sync.line"], self._current_run()
        for text in importer._missing_key_texts() if run else ():
            lines._report_once(run, text, importer._mapped_records)

    def _summary(self, records, next_pages, results) -> str:
        return self.env._(
            "%(count)s records read, %(failed)s failed, %(pages)s more pages asked for",
            count=len(records),
            failed=sum(result.kind == "failed" for result in results),
            pages=len(next_pages),
        )


class DelayedBatchImporter(AbstractComponent):
    """One job a record: for records that take long, or call the other side again."""

    _name = "generic.delayed.batch.importer"
    _inherit = "generic.batch.importer"

    def _import_page(self, records):
        results = []
        for record in records:
            try:
                self._delay_record(self._external_id(record))
            except InvalidDataError as error:
                reason = failure_reason(self.env, error)
                results.append(
                    SyncResult("failed", reason=reason, payload=record, work=self.work)
                )
        return results
