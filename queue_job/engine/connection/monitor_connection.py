"""The connection on which a process monitors one database, with deadlines.

A proxy or firewall that drops packets may still acknowledge them, so TCP itself notices
nothing. Each statement sent here is answered within :func:`statement_deadline`, or the
connection is closed. It is asynchronous, so that a database which does not answer
delays no other one: all are served by the event loop of the supervisor's thread.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import psycopg2
from psycopg2.extensions import POLL_OK, POLL_WRITE

from ..config import statement_deadline
from . import sql
from .parameters import connection_parameters


class ConnectionDead(psycopg2.OperationalError):
    """There was no answer in time."""


class MonitorConnection:
    """See the module; statements run one after the other, in autocommit.

    ``backend``: process id and start (in seconds) of its session;
    ``deadline``: seconds an answer may take.
    """

    def __init__(self, database: str) -> None:
        """Begin to connect.

        :raises psycopg2.Error: if the parameters are wrong
        """
        self.database = database
        self.backend: tuple[int, float] | None = None
        self.deadline = statement_deadline()
        self._connection = psycopg2.connect(
            **connection_parameters(database), async_=True
        )

    @classmethod
    async def open(cls, database: str) -> MonitorConnection:
        """Return a connection that is ready.

        :raises psycopg2.Error: if the database cannot be reached in time
        """
        connection = cls(database)
        try:
            await connection._until_ready()
            milliseconds = int(connection.deadline * 1000 * 0.6)
            await connection.execute(sql.SET_TIMEOUT, {"milliseconds": milliseconds})
            [connection.backend] = await connection.execute(sql.OWN_BACKEND)
        except BaseException:
            connection.close()
            raise
        return connection

    @property
    def closed(self) -> bool:
        return bool(self._connection.closed)

    @property
    def client_side_pid(self) -> int:
        """The session's process id as it was sent when the connection was opened."""
        return self._connection.get_backend_pid()

    def fileno(self) -> int:
        return self._connection.fileno()

    async def execute(self, statement: str, params: dict | None = None) -> list[tuple]:
        """Run a statement; return its rows.

        :raises ConnectionDead: if there is no answer in time; the connection is closed
        :raises psycopg2.Error: from the server
        """
        with self._connection.cursor() as cursor:
            cursor.execute(statement, params)
            await self._until_ready()
            return cursor.fetchall() if cursor.description else []

    def read_notifications(self) -> bool:
        """Read pending messages; tell whether there was a notification.

        :raises psycopg2.Error: if the connection was closed by the server
        """
        self._connection.poll()
        has_any = bool(self._connection.notifies)
        self._connection.notifies.clear()
        return has_any

    @property
    def has_notifications(self) -> bool:
        """Whether a notification came with the answer to a statement."""
        return bool(self._connection.notifies)

    def close(self) -> None:
        """Close it, in whatever state it is."""
        with suppress(psycopg2.Error):
            self._connection.close()

    async def _until_ready(self) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.deadline
        try:
            while (state := self._connection.poll()) != POLL_OK:
                seconds = deadline - loop.time()
                if seconds <= 0 or not await wait_for_socket(
                    self._connection.fileno(), seconds, for_write=state == POLL_WRITE
                ):
                    raise ConnectionDead(f"no answer for {self.deadline:g} seconds")
        except BaseException as error:
            if isinstance(error, ConnectionDead | asyncio.CancelledError):
                # a later answer would be taken for that of another statement
                self.close()
            raise


async def wait_for_socket(
    fileno: int, seconds: float, for_write: bool = False, future: Any = None
) -> bool:
    """Wait until a socket is ready; return False after ``seconds``, or when the result
    of ``future`` is set to False."""
    loop = asyncio.get_running_loop()
    future = future or loop.create_future()
    if for_write:
        add, remove = loop.add_writer, loop.remove_writer
    else:
        add, remove = loop.add_reader, loop.remove_reader
    timer = loop.call_later(seconds, set_result_once, future, False)
    add(fileno, set_result_once, future, True)
    try:
        return await future
    finally:
        remove(fileno)
        timer.cancel()


def set_result_once(future: asyncio.Future, result: bool) -> None:
    """Set the result of a future unless it already has one."""
    if not future.done():
        future.set_result(result)
