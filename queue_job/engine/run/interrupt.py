"""Ending a job from outside: its time is over, somebody stops it, the server stops.

The job monitor asks; the job's thread ends with :class:`JobInterrupted` as soon as it
runs Python again, and its database session is cancelled so that this is soon.
"""

import ctypes
import logging
import threading
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg2

_logger = logging.getLogger(__name__)

#: Seconds that a job has to end after it was asked to.
INTERRUPT_TIMEOUT = 5.0

#: Why jobs are interrupted.
TIME_LIMIT, STOP, SHUTDOWN = "time_limit", "stop", "shutdown"

#: Ends what the server does for a connection.
Cancel = Callable[[psycopg2.extensions.connection], Awaitable[None]]


class JobInterrupted(BaseException):
    """The job must end now; not an ``Exception``, so that no job mistakes it for one
    of its own."""


@dataclass(frozen=True)
class Interruption:
    """Why a job must end.

    ``kind``: one of the constants above; ``seconds``: the time limit; ``by``: who
    asked.
    """

    kind: str
    seconds: int = 0
    by: str = ""

    def __str__(self):
        if self.kind == TIME_LIMIT:
            return (
                f"The job ran for more than {self.seconds} seconds, the time limit of "
                "its job function; its work was rolled back."
            )
        if self.kind == STOP:
            return f"Stopped by {self.by}"
        return "The server stops"


class Interruptible:
    """The stretch of a thread's work that may be interrupted."""

    def __init__(self, connection):
        self._connection = connection
        self._thread = threading.get_ident()
        self._mutex = threading.Lock()
        self._is_open = False
        self.interruption: Interruption | None = None

    def __enter__(self):
        with self._mutex:
            if self.interruption:
                raise JobInterrupted
            self._is_open = True
        return self

    def __exit__(self, *exc_info):
        self.close()
        if self.interruption and exc_info[0] is not JobInterrupted:
            raise JobInterrupted

    def close(self) -> None:
        """Let nothing interrupt the thread from here on."""
        with self._mutex:
            self._is_open = False
            if self.interruption:
                # not raised yet, or raised and on its way: never a second time
                _set_async_exception(self._thread, None)

    @contextmanager
    def on(self, connection):
        """Cancel what runs on another connection meanwhile."""
        with self._mutex:
            own, self._connection = self._connection, connection
        try:
            yield
        finally:
            with self._mutex:
                self._connection = own

    def interrupt(self, interruption: Interruption) -> bool:
        """Ask the thread to end what it does; the first reason counts.

        Return whether it is still at it.
        """
        with self._mutex:
            if self.interruption is None:
                self.interruption = interruption
            if not self._is_open:
                return False
            _set_async_exception(self._thread, JobInterrupted)
            return True

    async def cancel(self, cancel: Cancel) -> None:
        """End what the server does for a thread that was asked to end.

        ``cancel(connection)`` does that for one connection. The thread goes no further
        meanwhile, so nothing else is cancelled.
        """
        with self._mutex:
            if self._is_open and self.interruption:
                try:
                    await cancel(self._connection)
                except psycopg2.Error as error:
                    _logger.debug("Session not cancelled: error=%s", error)


def _set_async_exception(thread: int, kind: type[BaseException] | None) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread), None if kind is None else ctypes.py_object(kind)
    )
