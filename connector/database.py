"""Named PostgreSQL advisory locks, and transactions separate from the current one."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from odoo.tools import SQL

if TYPE_CHECKING:
    from odoo.api import Environment
    from odoo.modules.registry import Registry

#: The current time as Odoo stores it; it moves on within a transaction.
UTC_NOW = SQL("clock_timestamp() AT TIME ZONE 'UTC'")


def pg_try_advisory_lock(env: Environment, lock: Any) -> bool:
    """Acquire a database-wide advisory lock without waiting.

    The lock belongs to the transaction: commit and rollback release it, and acquiring
    it again in the same transaction succeeds. It locks no rows; it only excludes other
    transactions that acquire the same name::

        lock = f"import({backend._name}, {backend.id}, {model}, {external_id})"
        if not pg_try_advisory_lock(env, lock):
            raise RetryableJobError("already being imported", seconds=1)

    :param lock: any object whose ``str`` names what is locked
    :return: whether the lock was acquired
    """
    return pg_try_advisory_locks(env, [lock])


def pg_try_advisory_locks(env: Environment, locks: Iterable[Any]) -> bool:
    """Acquire several locks at once, see :func:`pg_try_advisory_lock`.

    :return: whether all locks were acquired; those that were are held until the end of
        the transaction in either case
    """
    env.cr.execute(
        "SELECT bool_and(pg_try_advisory_xact_lock(key)) "
        "FROM unnest(%s::bigint[]) AS key",
        ([_key(lock) for lock in locks],),
    )
    return env.cr.fetchone()[0] is not False


@contextmanager
def own_transaction(registry: Registry) -> Iterator[Any]:
    """Yield a separate cursor, committed at the end, independent of the caller's.

    It sees concurrent commits.
    """
    with registry.cursor() as cr:
        # A commit during the wait for a row must be visible, not a serialization error.
        # In a test, the transaction has already begun.
        if cr.connection.info.transaction_status == TRANSACTION_STATUS_IDLE:
            cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        yield cr


def _key(lock: Any) -> int:
    # Servers with another version of this addon may share the database: the mapping
    # from name to key must not change, native byte order included.
    digest = hashlib.sha1(str(lock).encode(), usedforsecurity=False).digest()
    (key,) = struct.unpack("q", digest[:8])
    return key
