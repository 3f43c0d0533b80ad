"""Interrupts a job: its time limit is exceeded, a user stops it, the server stops.

The job monitor asks; the job's thread ends with :class:`JobInterrupted` as soon as it
runs Python again, and its database session is cancelled so that this is soon.
"""

from __future__ import annotations

import ctypes
import logging
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg2

if TYPE_CHECKING:
    from typing import Self

_logger = logging.getLogger(__name__)

#: Seconds that a job has to end after the first request.
INTERRUPT_TIMEOUT = 5.0

#: Why jobs are interrupted.
TIME_LIMIT, STOP, SHUTDOWN = "time_limit", "stop", "shutdown"

#: Cancels the current statement of a connection.
Cancel = Callable[[psycopg2.extensions.connection], Awaitable[None]]


class JobInterrupted(BaseException):
    """The job must end now; not an ``Exception``, so that jobs do not catch it as one
    of their own errors."""


@dataclass(frozen=True)
class Interruption:
    """Why a job must end.

    ``kind``: one of the constants above; ``seconds``: the time limit; ``by``: the
    user.
    """

    kind: str
    seconds: int = 0
    by: str = ""

    def __str__(self) -> str:
        if self.kind == TIME_LIMIT:
            return (
                f"The job ran for more than {self.seconds} seconds, the time limit of "
                "its job function; its work was rolled back."
            )
        if self.kind == STOP:
            return f"Stopped by {self.by}"
        return "The server is stopping"


class Interruptible:
    """The section of a thread's work that may be interrupted."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._thread = threading.get_ident()
        self._mutex = threading.Lock()
        self._is_open = False
        self.interruption: Interruption | None = None

    def __enter__(self) -> Self:
        with self._mutex:
            if self.interruption:
                raise JobInterrupted
            self._is_open = True
        return self

    def __exit__(self, *exc_info: Any) -> None:
        self.close()
        if self.interruption and exc_info[0] is not JobInterrupted:
            raise JobInterrupted

    def close(self) -> None:
        """Allow no interruption of the thread from here on."""
        with self._mutex:
            self._is_open = False
            if self.interruption:
                # pending, or already raised and propagating: never raise it twice
                _set_async_exception(self._thread, None)

    @contextmanager
    def on(self, connection: Any) -> Iterator[None]:
        """Make cancellations apply to another connection temporarily."""
        with self._mutex:
            own, self._connection = self._connection, connection
        try:
            yield
        finally:
            with self._mutex:
                self._connection = own

    def interrupt(self, interruption: Interruption) -> bool:
        """Interrupt the thread; the first reason counts.

        Return whether it is still in the interruptible section.
        """
        with self._mutex:
            if self.interruption is None:
                self.interruption = interruption
            if not self._is_open:
                return False
            _set_async_exception(self._thread, JobInterrupted)
            return True

    async def cancel(self, cancel: Cancel) -> None:
        """Cancel the current statement of a thread that was interrupted.

        ``cancel(connection)`` does that for one connection. The thread cannot leave the
        section in the meantime, so nothing else is cancelled.
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
