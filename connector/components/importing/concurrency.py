"""Concurrent jobs never create the same record twice, nor wait for each other."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2 import errorcodes

from odoo import models
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError

from ...database import pg_try_advisory_locks
from .context import ImportContext


class ImportLockMixin:
    """The part of the record importer that locks its record against other jobs.

    Locks are never waited for: a job that finds a record locked is retried later.
    """

    def _lock(self) -> None:
        """Lock the import of this record until the end of the transaction."""
        # A random delay: jobs whose records depend on each other must not retry in
        # step.
        self.advisory_lock_or_retry(self._lock_name(self.external_id), (1, 3))

    def lock_records(self, contexts: Iterable[ImportContext]) -> None:
        """Lock the import of these records until the end of the transaction.

        :raises RetryableJobError: another job imports, or has just created, one of them
        """
        contexts = list(contexts)
        names = [self._lock_name(context.external_id) for context in contexts]
        if not pg_try_advisory_locks(self.env, names):
            raise RetryableJobError(
                self.env._("A record of this page is being imported by another job."),
                seconds=1,
                ignore_retry=True,
            )
        unbound = [one.external_id for one in contexts if not one.binding]
        if unbound:
            self._retry_if_bound_concurrently(unbound)

    def _lock_name(self, external_id: Any) -> str:
        backend = self.backend_record
        model, external_id = self._key(external_id)
        return f"import({backend._name}, {backend.id}, {model}, {external_id})"

    def _lock_rows(self, bindings: models.BaseModel, changes: Iterable[str]) -> None:
        """Lock the records to write against exports and users.

        Waiting for them would end in a serialization failure, and the transaction with
        all other records of the page would start again.

        :param changes: names of the fields to write
        :raises RetryableJobError: a record is locked, or was changed since the
            transaction began
        """
        locker = self.component(usage="record.locker")
        locker.lock(bindings, seconds=1)
        fields, odoo_field = self.model._fields, self.binder._odoo_field
        if any(fields[name].inherited for name in changes if name in fields):
            locker.lock(bindings[odoo_field], seconds=1)

    def _retry_if_bound_concurrently(self, external_ids: list) -> None:
        """Re-read in a new snapshot, once the locks are held: a commit may be newer
        than ours.

        :raise RetryableJobError: another job has bound one of them since the
            transaction began; a new transaction will see it
        """
        with self.env.registry.cursor() as cr:
            ids = list(map(self.binder.normalize_external_id, external_ids))
            # Nearly always there is none.
            if self.binder.select_ids(ids, cr) == []:
                return
            model = self.model.with_env(self.env(cr=cr)).with_context(active_test=False)
            bound = model.search(self.binder._domain_of(external_ids)).filtered(
                lambda b: b[self.binder._external_field] or self.binder._bound_at(b)
            )
            if bound and self._any_persists(cr, bound):
                raise RetryableJobError(
                    self.env._(
                        "%(model)s %(id)s was created by another job at the same time.",
                        model=self.model._description,
                        id=self.external_id,
                    ),
                    seconds=1,
                    ignore_retry=True,
                )

    @staticmethod
    def _any_persists(cr, bindings) -> bool:
        """Whether any of some bindings is not being deleted (possibly by this
        transaction)."""
        cr.execute(
            SQL(
                "SELECT FROM %s WHERE id IN %s FOR KEY SHARE SKIP LOCKED",
                SQL.identifier(bindings._table),
                tuple(bindings.ids),
            )
        )
        return cr.rowcount > 0

    @contextmanager
    def _retry_if_created_concurrently(self):
        """Distinguish a record bound concurrently from one that cannot be bound."""
        try:
            # The error ends the import of this record in any case: what was written
            # before need not be kept by a flush.
            with self.env.cr.savepoint(flush=False):
                yield
        except psycopg2.IntegrityError as error:
            if error.pgcode == errorcodes.UNIQUE_VIOLATION:
                self._retry_if_bound_concurrently([self.external_id])
            raise
