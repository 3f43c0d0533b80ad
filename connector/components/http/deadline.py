"""A deadline for a whole request, whatever arrives until then.

Socket timeouts only end silence; a response of one byte per second is never silent.
Within :func:`deadline` each wait for bytes ends at the deadline at the latest,
including those for the headers of a response.
"""

from __future__ import annotations

import http.client
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_until: ContextVar[float | None] = ContextVar("until", default=None)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Limit the duration of the block; nested deadlines keep the earlier one."""
    moment = time.monotonic() + seconds
    outer = _until.get()
    token = _until.set(moment if outer is None else min(outer, moment))
    try:
        yield
    finally:
        _until.reset(token)


def is_over() -> bool:
    """Whether the deadline has passed."""
    moment = _until.get()
    return moment is not None and time.monotonic() >= moment


class _Bytes(io.RawIOBase):
    """The data received by a socket, up to the deadline."""

    def __init__(self, sock):
        self._sock, self._raw = sock, sock.makefile("rb", buffering=0)
        self._timeout = sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        moment = _until.get()
        if moment is not None:
            left = moment - time.monotonic()
            if left <= 0:
                raise TimeoutError("the complete response took too long")
            known = self._timeout
            self._sock.settimeout(left if known is None else min(left, known))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock, *args, **kwargs):
        super().__init__(sock, *args, **kwargs)
        unbounded, self.fp = self.fp, io.BufferedReader(_Bytes(sock))
        unbounded.close()


class _Pool:
    def _new_conn(self):
        connection = super()._new_conn()
        connection.response_class = _Response
        return connection


class PlainPool(_Pool, HTTPConnectionPool):
    """Connections whose responses end at the deadline."""


class SafePool(_Pool, HTTPSConnectionPool):
    """The same, over TLS."""


#: For a ``PoolManager`` of urllib3.
POOLS = {"http": PlainPool, "https": SafePool}
