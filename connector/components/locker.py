"""Row locks, acquired without waiting."""

from __future__ import annotations

import logging

import psycopg2
from psycopg2 import errorcodes

from odoo import models
from odoo.tools import SQL

from odoo.addons.component.core import Component
from odoo.addons.queue_job.exception import RetryableJobError

__all__ = ["Component", "RecordLocker", "RetryableJobError"]

_logger = logging.getLogger(__name__)


class RecordLocker(Component):
    """Lock records against other jobs until the end of the transaction.

    Usage::

        self.component(usage="record.locker").lock(records)
    """

    _name = "base.record.locker"
    _inherit = ["base.connector"]
    _usage = "record.locker"

    def lock(
        self,
        records: models.BaseModel,
        seconds: float | None = None,
        ignore_retry: bool = True,
    ) -> None:
        """Lock the rows of records, or have the job retried later.

        Other transactions can still create records that refer to the locked ones. The
        transaction stays usable if a lock is not available.

        :param seconds: delay of the retry; by default that of the job's function
        :param ignore_retry: the attempt is not counted
        :raises RetryableJobError: one of the records is locked by another transaction,
            or was changed since this one began
        """
        try:
            locked = self._lock_rows(records)
        except psycopg2.OperationalError as error:
            if error.pgcode != errorcodes.SERIALIZATION_FAILURE:
                raise
            locked, cause = False, error
        else:
            cause = None
        if locked:
            return
        _logger.info(
            "records are locked, retrying the job: model=%s ids=%s",
            records._name,
            records.ids,
        )
        raise RetryableJobError(
            self.env._(
                "%(model)s %(ids)s: locked by another job.",
                model=records._name,
                ids=records.ids,
            ),
            seconds=seconds,
            ignore_retry=ignore_retry,
        ) from cause

    @staticmethod
    def _lock_rows(records: models.BaseModel) -> bool:
        """Lock the rows that are free; return whether these are all.

        SKIP LOCKED, unlike NOWAIT, does not abort the transaction.
        """
        ids = set(records.ids)
        if not ids:
            return True
        query = SQL(
            "SELECT id FROM %s WHERE id IN %s FOR NO KEY UPDATE SKIP LOCKED",
            SQL.identifier(records._table),
            tuple(ids),
        )
        records.env.cr.execute(query, log_exceptions=False)
        return records.env.cr.rowcount == len(ids)
