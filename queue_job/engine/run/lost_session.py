"""Why a job lost its database session, and whether it is to blame.

PostgreSQL sends the reason to the worker whose session it ends. The reason is
recorded on the lease, and copied to the job when it is rescued.

A session that PostgreSQL ended because the job left it idle too long is the job's own
fault: it does not count as a death of the worker, and the job fails with that reason.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg2

from ...job import text
from ..connection.ended_session import SessionEnded
from . import sql

if TYPE_CHECKING:
    from odoo.modules.registry import Registry
    from odoo.sql_db import Cursor

_logger = logging.getLogger(__name__)

#: Maximum characters of a reason: it is indexed, and index entries are short.
_MOST = 500

#: Value of psycopg2 for a connection that was closed, not broken.
_CLOSED_HERE = 1

#: Reasons for the end of a session that are the job's own fault: idle too long in a
#: transaction, transaction too long. Only a pending statement gets the code.
_OWN_FAULTS = ("25P03", "25P04")
_OWN_FAULTS_IN_WORDS = ("idle-in-transaction timeout", "transaction timeout")


def is_own_fault(cr: Cursor, error: Exception) -> bool:
    """Tell whether the job itself caused the loss of its session."""
    if cr._closed or cr._cnx.closed == _CLOSED_HERE:
        # it closed the cursor or its connection
        return True
    return any(
        one.pgcode in _OWN_FAULTS
        or (isinstance(one, SessionEnded) and str(one).endswith(_OWN_FAULTS_IN_WORDS))
        for one in _database_errors(error)
    )


def _database_errors(error: BaseException | None) -> Iterator[psycopg2.Error]:
    """Yield the database errors that caused an error, the last one first."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, psycopg2.Error):
            yield error
        error = error.__cause__ or error.__context__


def note_lost_session(registry: Registry, lease: int, error: Exception) -> None:
    """Record on a lease why the session of its running job was lost.

    Ignored if not possible: then PostgreSQL itself is down, and no job is to blame.
    """
    known = [
        one
        for one in _database_errors(error)
        if one.pgcode or isinstance(one, SessionEnded)
    ]
    cause = known[0] if known else error
    lines = text.text_of(cause).strip().splitlines() or [text.name_of(cause)]
    message = text.storable(lines[0], _MOST)
    reason = f"The database session of the job was lost: {message}"
    try:
        with registry.cursor() as cr:
            cr.execute(sql.NOTE_ON_LEASE, {"lease": lease, "reason": reason})
    except psycopg2.Error as problem:
        _logger.debug(
            "Reason of a lost session not recorded: lease=%s error=%s", lease, problem
        )
