"""Finds the connections of this process that lead nowhere any more, and cuts them.

A worker whose answer was swallowed on the way waits for ever inside of libpq: the
network acknowledges what it sends, so neither keepalives nor time-outs of TCP notice.
What tells is that the two ends disagree:

* here a command was sent, and its answer is not complete (``wire.is_active``);
* there the session has no command: it is idle, or gone, or does not get rid of what it
  has to say, though nothing waits here to be read;
* both say so at two looks some seconds apart, no byte passed between them, and the
  session did nothing meanwhile (``state_change`` is the same).

Then the socket is shut down. The thread gets an OperationalError and takes the way of
every lost connection: its worker goes on under a new id, and its jobs are taken back.

All connections in Odoo's pool are looked at, as a job may open others than its own. The
server is asked about those only which have a command out for seconds. Long statements
are active on the server, long computations not here, so neither is taken for dead. Nor
is a slow COPY: what one says of its end may wait here in the buffer of libpq, so it is
given much longer; one that still reads is left alone, as it may wait for its source.

Behind a pooler, that makes up the process ids it tells, no session is found; then there
is no verdict: the pooler's own time-outs apply.
"""

import logging
import time
from contextlib import suppress
from dataclasses import dataclass

import psycopg2

from odoo import sql_db

from ..config import heartbeat_timeout
from . import sql
from . import tcp as wire

_logger = logging.getLogger(__name__)

#: Times as long until a COPY counts as dead.
_COPY_PATIENCE = 5


@dataclass
class _Suspect:
    """A connection with a command out. ``pid``: the process id its session told;
    ``seen``: what was found at the look before, ``since``: when that was first found;
    ``is_known``: its session was found once."""

    pid: int
    look_at: float
    seen: tuple | None = None
    since: float = 0.0
    is_known: bool = False


class DeadConnections:
    """Those of this process to one database, and to the one that lists them all.

    ``execute(statement, params)`` runs on the monitoring connection and returns rows.
    """

    def __init__(self, database: str, execute):
        self._databases = {database, "postgres"}
        self._execute = execute
        self._patience = min(5.0, heartbeat_timeout() / 6)
        self._suspects: dict = {}
        #: A session told the process id that the server knows it by.
        self.is_direct = False

    def due(self) -> float:
        """Return when to look, on the monotonic clock; infinity without suspects."""
        dues = (suspect.look_at for suspect in self._suspects.values())
        return min(dues, default=float("inf"))

    def note(self) -> None:
        """Note the connections that have a command out now; the server is not asked."""
        look_at = time.monotonic() + self._patience
        suspects = {}
        for connection in _pooled_connections():
            if not wire.is_active(connection):
                continue
            with suppress(psycopg2.Error):
                # it may be closed meanwhile
                if connection.info.dbname in self._databases:
                    pid = connection.get_backend_pid()
                    known = self._suspects.get(connection)
                    suspects[connection] = known or _Suspect(pid, look_at)
        self._suspects = suspects

    async def look(self) -> None:
        """Compare the two ends of the connections that are due; cut the dead ones.

        :raises psycopg2.Error: when the server cannot be asked
        """
        self.note()
        now = time.monotonic()
        due = {
            connection: suspect
            for connection, suspect in self._suspects.items()
            if now >= suspect.look_at
        }
        if not due:
            return
        pids = [suspect.pid for suspect in due.values()]
        rows = await self._execute(sql.SESSIONS, {"pids": pids})
        sessions = {pid: facts for pid, *facts in rows}
        now = time.monotonic()
        for connection, suspect in due.items():
            suspect.look_at = now + self._patience
            session = sessions.get(suspect.pid)
            if self._is_dead(connection, suspect, session, now):
                self._cut(connection, suspect.pid, session)

    def _is_dead(self, connection, suspect: _Suspect, session, now: float) -> bool:
        traffic = wire.traffic(connection)
        if not wire.is_active(connection) or traffic is None:
            return False
        if session is None:
            is_silent = suspect.is_known or self.is_direct
            is_copy = False
        else:
            *_identity, is_silent, is_copy = session
            suspect.is_known = True
        unread = traffic[0]
        if not is_silent or unread:
            suspect.seen = None
            return False
        seen = (session, traffic)
        if seen != suspect.seen:
            suspect.seen, suspect.since = seen, now
            return False
        patience = self._patience * (_COPY_PATIENCE if is_copy else 1)
        return now - suspect.since >= patience * 0.9

    def _cut(self, connection, pid: int, session) -> None:
        _logger.warning(
            "Database %s: the connection to session %s is dead and closed: it waits "
            "for an answer here, while PostgreSQL says that the session %s. Something "
            "on the way swallows packets",
            connection.info.dbname,
            pid,
            "is gone" if session is None else f"is {session[1] or 'unknown'}",
        )
        wire.shut(connection)
        self._suspects.pop(connection, None)


def _pooled_connections() -> list:
    """Return the connections of Odoo's pools, borrowed or not."""
    pools = (sql_db._Pool, sql_db._Pool_readonly)
    return [connection for pool in pools if pool for connection in pool._connections]
