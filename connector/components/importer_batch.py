"""Imports a list of records that comes in pages."""

import logging
from typing import Any

import psycopg2

from odoo.addons.component.core import AbstractComponent
from odoo.addons.component.exception import ComponentException
from odoo.addons.queue_job.exception import FailedJobError, RetryableJobError

from ..exception import ConnectorException, IncompleteListError, InvalidDataError
from .rest.masking import mask
from .rest.paging import Position, query
from .result import SyncResult

_logger = logging.getLogger(__name__)

# What fails a whole page, not one record of it.
NOT_THE_RECORD = (
    RetryableJobError,
    FailedJobError,
    ComponentException,
    psycopg2.OperationalError,
)


class BatchImporter(AbstractComponent):
    """One job a page: each page is one transaction, tried again by itself.

    A record that cannot be imported is rolled back alone and reported on the sync run
    with its reason; the others of the page arrive.
    """

    _name = "generic.batch.importer"
    _inherit = "base.importer"
    _usage = "batch.importer"

    def run(self, filters: dict | None = None, position: Position | None = None) -> str:
        """Import one page, and delay a job for each page it leads to.

        :param position: of the page, none for the first
        :return: what happened, in words
        """
        self.work.known_bindings = {}
        self.work._propagate_kwargs.append("known_bindings")
        run = self._current_run()
        try:
            records, following = self.backend_adapter.read_page(filters, position)
        except IncompleteListError as error:
            if not run:
                raise
            # What the pages before held arrives all the same.
            run._note_incomplete(mask(str(error)))
            return self.env._("The list could not be read to its end: %s", error)
        for next_position in following:
            self._delay_page(filters, next_position)
        results = self._import_page(records)
        key = self._moment_key(run)
        moments = [rec.get(key) for rec in records if isinstance(rec, dict)]
        run._count(
            results,
            seen=len(records),
            changed_at=moments,
            pages_asked=len(following),
        )
        return self._summary(records, following, results)

    # -- hooks

    def _delay_page(self, filters: dict | None, position: Position) -> None:
        where = ", ".join(f"{key} {value}" for key, value in query(position).items())
        self.model.with_delay(
            description=self.env._(
                "Import %(model)s: %(where)s",
                model=self.model._description,
                where=mask(where),
            )
        ).import_page(self.backend_record, filters, position)

    def _import_page(self, records: list[dict]) -> list[SyncResult]:
        importer = self.component(usage="record.importer")
        return [self._import_safely(importer, record) for record in records]

    def _external_id(self, record: dict) -> Any:
        """Return the id of a record of a page.

        :raise InvalidDataError: it is no record, or has no id
        """
        if not isinstance(record, dict):
            raise InvalidDataError(
                self.env._("A record was expected, not %s.", mask(repr(record))[:80])
            )
        key = self.backend_adapter._id_key
        external_id = record.get(key)
        if external_id is None or external_id in (False, ""):
            raise InvalidDataError(self.env._("The record has no “%s”.", key))
        return external_id

    def _moment_key(self, run) -> str | None:
        """Return the key under which records of a list say when they changed."""
        flow = run._declared_flow() if run else None
        if flow and flow.moment:
            return flow.moment
        return getattr(self.component(usage="record.importer"), "_version_key", None)

    # -- helpers

    def _current_run(self):
        return self.env["connector.sync.run"]._current()

    def _is_full(self) -> bool:
        """Tell whether records that seem unchanged are imported again."""
        return self._current_run().full

    def _import_safely(self, importer, record: dict) -> SyncResult:
        """Import one record of a page; what is wrong with it becomes its result."""
        external_id = None
        try:
            external_id = self._external_id(record)
            with self.env.cr.savepoint():
                return importer.import_one(
                    external_id, force=self._is_full(), record=record
                )
        except NOT_THE_RECORD:
            raise
        except Exception as error:
            _logger.info(
                "%s %s not imported", self.work.model_name, external_id, exc_info=True
            )
            # What was bound for the sake of this record is gone with it.
            self.work.known_bindings.clear()
            return SyncResult(
                "failed",
                external_id,
                self.binder.to_internal(external_id),
                reason_of(self.env, error),
                record,
            )

    def _summary(self, records, following, results) -> str:
        return self.env._(
            "%(count)s records read, %(failed)s failed, %(pages)s more pages asked for",
            count=len(records),
            failed=sum(result.kind == "failed" for result in results),
            pages=len(following),
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
                results.append(
                    SyncResult("failed", reason=mask(str(error)), payload=record)
                )
        return results

    def _delay_record(self, external_id: Any) -> None:
        self.model.with_delay(
            description=self.env._(
                "Import %(model)s %(id)s", model=self.model._description, id=external_id
            )
        ).import_record(self.backend_record, external_id)


def reason_of(env, error: Exception) -> str:
    """Return an error in the words of a report: no traceback, no secret."""
    text = str(error).strip()
    if isinstance(error, psycopg2.IntegrityError):
        models = (cls for cls in env.registry.values() if not cls._abstract)
        table = error.diag.table_name
        name = next((cls._name for cls in models if cls._table == table), "base")
        text = env[name]._sql_error_to_message(error)
    elif isinstance(error, ConnectorException):
        text = text or type(error).__name__
    elif isinstance(error, KeyError):
        text = env._("%s is missing (KeyError).", text)
    elif isinstance(error, TypeError | AttributeError):
        text = env._(
            "It has another shape than expected (%(kind)s: %(what)s).",
            kind=type(error).__name__,
            what=text,
        )
    elif not text:
        text = type(error).__name__
    return mask(text)
