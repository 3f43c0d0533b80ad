"""Advisory locks of PostgreSQL, by name, and transactions beside the one at hand."""

import hashlib
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from odoo.tools import SQL

#: The current time as Odoo stores it; it moves on within a transaction.
UTC_NOW = SQL("clock_timestamp() AT TIME ZONE 'UTC'")


def pg_try_advisory_lock(env, lock: Any) -> bool:
    """Take a lock of the whole database, without waiting.

    The lock belongs to the transaction: commit and rollback release it, and taking it
    again in the same transaction succeeds. Nothing else is locked by it; it only keeps
    away those who ask for the same name::

        lock = f"import({backend._name}, {backend.id}, {model}, {external_id})"
        if not pg_try_advisory_lock(env, lock):
            raise RetryableJobError("already being imported", seconds=1)

    :param lock: any object whose ``str`` names what is locked
    :return: whether the lock is ours
    """
    return pg_try_advisory_locks(env, [lock])


def pg_try_advisory_locks(env, locks: Iterable[Any]) -> bool:
    """Take many locks at once, see :func:`pg_try_advisory_lock`.

    :return: whether all of them are ours; those that are stay so until the end of
        the transaction either way
    """
    env.cr.execute(
        "SELECT bool_and(pg_try_advisory_xact_lock(key)) "
        "FROM unnest(%s::bigint[]) AS key",
        ([_key(lock) for lock in locks],),
    )
    return env.cr.fetchone()[0] is not False


@contextmanager
def own_transaction(registry) -> Iterator[Any]:
    """Give a cursor of its own, committed at the end, whatever becomes of the caller's.

    It sees what others commit in the meantime.
    """
    with registry.cursor() as cr:
        # What others commit while we wait for a row is to be seen, not to be an error.
        # A test has its transaction begun already.
        if cr.connection.info.transaction_status == TRANSACTION_STATUS_IDLE:
            cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        yield cr


def _key(lock: Any) -> int:
    # Nodes with another version of this addon may share the database: the way from a
    # name to a key must not change, native byte order included.
    digest = hashlib.sha1(str(lock).encode(), usedforsecurity=False).digest()
    (key,) = struct.unpack("q", digest[:8])
    return key
