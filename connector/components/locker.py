"""Row locks, taken without waiting."""

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
    """Keep other jobs away from records until the end of the transaction.

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
        """Lock the rows of records, or have the job tried again later.

        Others may still make records that refer to the locked ones. The transaction
        stays usable when a lock is not available.

        :param seconds: when to try again, as the job's function says if not given
        :param ignore_retry: the try does not count
        :raises RetryableJobError: someone else has locked one of the records, or has
            changed it since our transaction began
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
            "Could not lock %s %s, the job is to be tried again.",
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
        """Lock what is free, and tell whether it is all of them.

        Skipping what is locked, unlike refusing to wait for it, does not abort the
        transaction.
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
