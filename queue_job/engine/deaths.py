"""Records why a job lost its worker or its database session.

A job whose worker is gone is taken back by other processes, which only see that its
lock is free. A process that knows the reason writes it on the lease; from there it is
copied to the job, and into its error message if it fails for that reason:

* PostgreSQL tells the worker why it ended its session;
* the operating system tells the forking server how each of its processes ended; the
  process that replaces it records the reason, as the server itself has no connection.
  The job may have been taken back by then: it is found by the text that stands for an
  unknown reason.

A session that PostgreSQL ended because the job left it idle too long is the job's own
fault: it does not count as a death, and the job fails with that reason.
"""

import logging
import os
import signal
from collections.abc import Iterator

import psycopg2

from ..jobs import text
from .ended_session import SessionEnded
from .sql import deaths as sql

_logger = logging.getLogger(__name__)

#: Maximum characters of a reason: it is indexed, and index entries are short.
_MOST = 500

#: Value of psycopg2 for a connection that was closed, not broken.
_CLOSED_HERE = 1

#: Reasons for the end of a session that are the job's own fault: idle too long in a
#: transaction, transaction too long. Only a pending statement gets the code.
_OWN_FAULTS = ("25P03", "25P04")
_OWN_FAULTS_IN_WORDS = ("idle-in-transaction timeout", "transaction timeout")


def is_own_fault(cr, error: Exception) -> bool:
    """Tell whether the job itself caused the loss of its session."""
    if cr._closed or cr._cnx.closed == _CLOSED_HERE:
        # it called cr.close(), or that of its connection
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


def note_lost_session(registry, lease: int, error: Exception) -> None:
    """Record on a lease why the session of its running job was lost.

    Ignored if not possible: then PostgreSQL itself is down, and no job is to blame.
    """
    known = [
        one
        for one in _database_errors(error)
        if one.pgcode or isinstance(one, SessionEnded)
    ]
    told = known[0] if known else error
    lines = text.text_of(told).strip().splitlines() or [text.name_of(told)]
    said = text.storable(lines[0], _MOST)
    reason = f"The database session of the job was lost: {said}"
    try:
        with registry.cursor() as cr:
            cr.execute(sql.NOTE_ON_LEASE, {"lease": lease, "reason": reason})
    except psycopg2.Error as problem:
        _logger.debug(
            "Cannot record why a lease was lost: lease=%s error=%s", lease, problem
        )


async def note_deaths(connection, node: str, deaths: list[tuple[int, str]]) -> None:
    """Record on leases and jobs why processes of the host ``node`` ended.

    Two statements in this order, so that jobs taken back in between get it as well.
    """
    for pid, reason in deaths:
        values = {"pid": pid, "node": node, "reason": reason}
        await connection.execute(sql.NOTE_ON_LEASES_OF_PROCESS, values)
        await connection.execute(sql.NOTE_ON_JOBS_OF_PROCESS, values)


def reason_of_exit(pid: int, node: str, status: int) -> str | None:
    """Return why a process ended, by its status from ``os.waitpid``; None if it ended
    normally."""
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return None
    process = f"Process {pid} on {node}"
    if code > 0:
        return f"{process} ended with exit code {code}"
    number = -code
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    if number == signal.SIGKILL:
        return (
            f"{process} was killed with {name}, by a user or by the out-of-memory "
            "killer of the kernel (see the kernel log)"
        )
    dumped = " and dumped core" if os.WCOREDUMP(status) else ""
    return f"{process} was terminated by {name}{dumped}"
