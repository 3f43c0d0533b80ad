"""Detects dead connections of this process, and closes them.

A worker whose answer was lost in the network would wait forever inside of libpq: the
network acknowledges what it sends, so neither keepalives nor TCP timeouts trigger.
A connection is dead when its two ends disagree:

* here a command was sent, and its answer is not complete (``tcp.is_active``);
* on the server the session has no command: it is idle, or gone, or cannot send its
  output although nothing waits here to be read;
* this holds at two polls some seconds apart, no byte was transferred in between, and
  the session did nothing in the meantime (``state_change`` is the same).

Then the socket is shut down. The thread gets an OperationalError, as for every lost
connection: its worker registers again under a new id, and its jobs are rescued.

All connections of Odoo's pool are checked, as a job may open other ones. The server is
asked only about those with a command pending for seconds. Long statements are active on
the server, long computations are not active here, so neither counts as dead. Nor does a
slow COPY: its final message may be buffered in libpq, so it gets much longer; a COPY
that still reads is left alone, as it may be waiting for its source.

Behind a pooler, which invents process ids, no session is found, so nothing is closed:
the timeouts of the pooler apply.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg2

from odoo import sql_db

from ..clock import Clock, monotonic
from ..config import heartbeat_timeout
from . import sql, tcp

_logger = logging.getLogger(__name__)

#: Factor on the time after which a COPY counts as dead.
_COPY_TIMEOUT_FACTOR = 5


@dataclass
class _Suspect:
    """A connection with a pending command. ``pid``: the process id its session sent;
    ``seen``: what the previous poll found, ``since``: when that was first found;
    ``is_known``: its session was found once."""

    pid: int
    poll_at: float
    seen: tuple | None = None
    since: float = 0.0
    is_known: bool = False


class DeadConnections:
    """Checks the connections of this process to one database, and to ``postgres``.

    ``execute(statement, params)`` runs on the monitoring connection and returns rows.
    """

    def __init__(
        self, database: str, execute: Callable[..., Any], clock: Clock = monotonic
    ) -> None:
        self._clock = clock
        self._databases = {database, "postgres"}
        self._execute = execute
        self._timeout = min(5.0, heartbeat_timeout() / 6)
        self._suspects: dict = {}
        #: A session sent the process id that the server knows it by.
        self.is_direct = False

    def due(self) -> float:
        """Return when to poll, on the clock; infinity without suspects."""
        dues = (suspect.poll_at for suspect in self._suspects.values())
        return min(dues, default=float("inf"))

    def note(self) -> None:
        """Note the connections with a pending command, without asking the server."""
        poll_at = self._clock() + self._timeout
        suspects = {}
        for connection in _pooled_connections():
            if not tcp.is_active(connection):
                continue
            with suppress(psycopg2.Error):
                # it may have been closed in the meantime
                if connection.info.dbname in self._databases:
                    pid = connection.get_backend_pid()
                    known = self._suspects.get(connection)
                    suspects[connection] = known or _Suspect(pid, poll_at)
        self._suspects = suspects

    async def poll(self) -> None:
        """Compare the two ends of the connections that are due; close the dead ones.

        :raises psycopg2.Error: if the server cannot be asked
        """
        self.note()
        now = self._clock()
        due = {
            connection: suspect
            for connection, suspect in self._suspects.items()
            if now >= suspect.poll_at
        }
        if not due:
            return
        pids = [suspect.pid for suspect in due.values()]
        rows = await self._execute(sql.SESSIONS, {"pids": pids})
        sessions = {pid: facts for pid, *facts in rows}
        now = self._clock()
        for connection, suspect in due.items():
            suspect.poll_at = now + self._timeout
            session = sessions.get(suspect.pid)
            if self._is_dead(connection, suspect, session, now):
                self._close(connection, suspect.pid, session)

    def _is_dead(
        self, connection: Any, suspect: _Suspect, session: Any, now: float
    ) -> bool:
        traffic = tcp.traffic(connection)
        if not tcp.is_active(connection) or traffic is None:
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
        timeout = self._timeout * (_COPY_TIMEOUT_FACTOR if is_copy else 1)
        return now - suspect.since >= timeout * 0.9

    def _close(self, connection: Any, pid: int, session: Any) -> None:
        _logger.warning(
            "Dead connection closed, something on the way drops packets: database=%s "
            "session=%s state_in_postgresql=%s",
            connection.info.dbname,
            pid,
            "gone" if session is None else session[1] or "unknown",
        )
        tcp.shut(connection)
        self._suspects.pop(connection, None)


def _pooled_connections() -> list:
    """Return the connections of Odoo's pools, borrowed or not."""
    pools = (sql_db._Pool, sql_db._Pool_readonly)
    return [connection for pool in pools if pool for connection in pool._connections]
