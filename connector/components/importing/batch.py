"""Imports a paginated list of records."""

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
    """One job per page: each page is one transaction, retried independently.

    A record that cannot be imported is rolled back alone and reported on the sync run
    with the reason; one that has to wait, for a lock or a dependency, gets its own job.
    The other records of the page are imported.
    """

    _name = "generic.batch.importer"
    _inherit = "base.importer"
    _usage = "batch.importer"

    def run(
        self, filters: dict | None = None, page_token: PageToken | None = None
    ) -> str:
        """Import one page, and delay a job for each following page.

        :param page_token: page token; ``None`` for the first page
        :return: description of what was done
        """
        self.work.binding_cache = {}
        self.work._propagate_kwargs.append("binding_cache")
        run = self._current_run()
        try:
            records, next_pages = self.backend_adapter.read_page(filters, page_token)
        except IncompleteListError as error:
            if not run:
                raise
            # The records of the previous pages are imported all the same.
            run._note_incomplete(mask(str(error)))
            return self.env._("The list is incomplete: %s", error)
        for next_page in next_pages:
            self._delay_page(filters, next_page)
        results = self._import_page(records)
        run._count(
            results,
            seen=len(records),
            changed_at=self._moments(records, self._cursor_field(run)),
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
        """Return the external ID of a record of a page.

        :raise InvalidDataError: it is not a record, or has no ID that bindings can
            store
        """
        if not isinstance(record, dict):
            raise InvalidDataError(
                self.env._("Expected a record, got %s.", mask(repr(record))[:80])
            )
        key = self.backend_adapter._id_key
        external_id = record.get(key)
        if not is_external_id(external_id):
            raise InvalidDataError(self.env._("The record has no key “%s”.", key))
        self.binder.normalize_external_id(external_id)
        return external_id

    def _cursor_field(self, run) -> str | None:
        """Return the key of the time of change in the records of a list."""
        flow = run._declared_flow() if run else None
        if flow and flow.cursor_field:
            return flow.cursor_field
        importer = self.component(usage="record.importer")
        if getattr(importer, "_version_type", None) == "content":
            return None
        return getattr(importer, "_version_key", None)

    # -- helpers

    def _moments(self, records: list, key: str | None) -> list:
        """Return the times of change of records, as received or as parsed."""
        parse = getattr(self.component(usage="record.importer"), "parsed", None)
        moments = []
        for record in records if key else ():
            if not isinstance(record, dict):
                continue
            if parse and key not in record:
                try:
                    record = parse(record)
                except Exception:
                    _logger.debug("record not parsed", exc_info=True)
            moments.append(record.get(key))
        return moments

    def _current_run(self):
        return self.env["connector.sync.run"]._current()

    def _import_safely(self, importer, record: dict) -> SyncResult | None:
        """Import one record of a page; an error becomes its result.

        :return: ``None`` if a separate job will import it
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
                "record not imported: model=%s external_id=%s",
                self.work.model_name,
                external_id,
                exc_info=True,
            )
            # The bindings of its dependencies were rolled back with it.
            importer.discard_rolled_back()
            if external_id is not None:
                # If jobs are not delayed, the next run of the flow retries it.
                if is_transient(error) and not must_run_without_delay(self.env):
                    wait = getattr(error, "seconds", None)
                    self._delay_record(external_id, eta=wait and seconds_to_wait(wait))
                    return None
                # None if not even the binding could be looked up.
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
        """Delay a separate job for one record.

        :param options: for ``with_delay``
        """
        self.model.with_delay(
            description=self.env._(
                "Import %(model)s %(id)s", model=self.model._description, id=external_id
            ),
            **options,
        ).import_record(self.backend_record, external_id)

    def _report_missing_keys(self, importer) -> None:
        """Report once per run which mapped keys were in no record of a page."""
        lines, run = self.env["connector.sync.line"], self._current_run()
        for text in importer.missing_key_texts() if run else ():
            lines._report_once(run, text, importer.mapped_records)

    def _summary(self, records, next_pages, results) -> str:
        return self.env._(
            "%(count)s records read, %(failed)s failed, %(pages)s more pages requested",
            count=len(records),
            failed=sum(result.kind == "failed" for result in results),
            pages=len(next_pages),
        )


class DelayedBatchImporter(AbstractComponent):
    """One job per record: for slow records, or those that need further requests."""

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
