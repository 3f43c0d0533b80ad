"""The faults of a :class:`.fake_api.FakeApi`."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any, NamedTuple

from .http_server import DROP

#: The faults of :meth:`MayFail.fail`.
FAULTS = (
    "busy",
    "later",
    "error",
    "slow",
    "drip",
    "drop",
    "drop_after",
    "cut",
    "html",
    "garbled",
    "denied",
)
#: Seconds that a slow response takes, unless the server stops before.
SLOW = 3
#: Seconds between the bytes of a dripped response.
DRIP = 0.1
#: Faults of requests that are not executed.
NOT_DONE = ("busy", "later", "error", "drop", "html", "denied")
_PAGE = b"<html><head><title>Oops</title></head><body>Proxy error</body></html>"

Response = tuple[Any, int, dict[str, str]]


class Call(NamedTuple):
    """A parsed request."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]


class MayFail:
    """The part of a fake API that fails on demand."""

    #: Path of the login, if any.
    login: str | None
    #: Seconds of the ``Retry-After`` header.
    retry_after = 7

    def __init__(self):
        super().__init__()
        self._faults: list[tuple[str, str | None, str | None, int]] = []
        self._lock = threading.RLock()
        self._ending = threading.Event()

    def fail(
        self,
        fault: str,
        times: int = 1,
        method: str | None = None,
        path: str | None = None,
        status: int = 503,
    ) -> None:
        """Make the next requests fail; not logins, unless their path is given.

        :param fault: ``busy``: 429 with ``Retry-After``; ``later``: ``status``, with a
            date in ``Retry-After``; ``error``: 500; ``slow``: a response after some
            seconds; ``drip``: one sent byte by byte; ``drop``, ``drop_after``: the
            connection is closed before the execution, or after; ``cut``: it is closed
            in the middle of the response; ``html``: a page of a proxy, with 200;
            ``garbled``: bytes that are not UTF-8; ``denied``: 401, and all tokens end
        """
        if fault not in FAULTS:
            raise ValueError(
                f"{fault!r} is not a fault, expected one of {', '.join(FAULTS)}"
            )
        with self._lock:
            self._faults += [(fault, method, path, status)] * times

    def _take_fault(self, call: Call) -> tuple[str | None, int]:
        with self._lock:
            for number, (fault, method, path, status) in enumerate(self._faults):
                if method not in (None, call.method):
                    continue
                if path == call.path or (path is None and call.path != self.login):
                    del self._faults[number]
                    return fault, status
        return None, 0

    def _failure(self, fault: str, status: int) -> Response:
        """Return the response to a request that is not executed."""
        if fault == "busy":
            waits = {"Retry-After": str(self.retry_after)}
            return {"error": {"message": "too many requests"}}, 429, waits
        if fault == "later":
            moment = datetime.now(timezone.utc) + timedelta(seconds=self.retry_after)
            waits = {"Retry-After": format_datetime(moment, usegmt=True)}
            return b"temporarily closed", status, waits
        if fault == "denied":
            self._logins.end_all()
            return {"error": {"message": "authentication required"}}, 401, {}
        if fault == "html":
            return _PAGE, 200, {"Content-Type": "text/html"}
        if fault == "drop":
            return DROP, 0, {}
        return {"error": {"message": "out of order"}}, 500, {}

    def _spoil(self, fault: str | None, content: Any) -> Any:
        """Return the content of a response as it arrives."""
        if not isinstance(content, bytes):
            return content
        if fault == "garbled":
            return content[:-1] + b"\xff" + content[-1:]
        if fault == "cut":
            return iter([content[: len(content) // 2], DROP])
        return self._drip(content) if fault == "drip" else content

    def _drip(self, content: bytes) -> Iterator[bytes]:
        for byte in content:
            yield bytes([byte])
            if self._ending.wait(DRIP):
                return
