"""Advisory locks of PostgreSQL, by name."""

import hashlib
import struct
from typing import Any


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
    # Nodes with another version of this addon may share the database: the way from a
    # name to a key must not change, native byte order included.
    digest = hashlib.sha1(str(lock).encode(), usedforsecurity=False).digest()
    (key,) = struct.unpack("q", digest[:8])
    env.cr.execute("SELECT pg_try_advisory_xact_lock(%s)", (key,))
    return env.cr.fetchone()[0]
