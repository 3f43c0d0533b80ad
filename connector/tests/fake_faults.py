"""The ways in which a :class:`.fake_api.FakeApi` can fail."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any, NamedTuple

from .http_server import DROP

#: What :meth:`MayFail.fail` can do to a call.
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
#: Seconds a slow answer takes, unless the server ends before.
SLOW = 3
#: Seconds between the bytes of a dripped answer.
DRIP = 0.1
#: Faults of calls that are not done.
NOT_DONE = ("busy", "later", "error", "drop", "html", "denied")
_PAGE = b"<html><head><title>Oops</title></head><body>Proxy error</body></html>"

Answer = tuple[Any, int, dict[str, str]]


class Call(NamedTuple):
    """A request, taken apart."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]


class MayFail:
    """The part of a fake API that fails when it is told to."""

    #: Where tokens are given, if anywhere.
    login: str | None
    #: Seconds that a call which is refused for now is asked to wait.
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
        """Have the next calls go wrong; logins do not, unless their path is named.

        :param fault: ``busy``: 429 with ``Retry-After``; ``later``: ``status``, with a
            date in ``Retry-After``; ``error``: 500; ``slow``: an answer after some
            seconds; ``drip``: one that comes byte by byte; ``drop``, ``drop_after``:
            the connection is closed before anything is done, or after; ``cut``: it is
            closed in the middle of the answer; ``html``: a page of a proxy, with 200;
            ``garbled``: bytes that are no UTF-8; ``denied``: 401, and all tokens end
        """
        if fault not in FAULTS:
            raise ValueError(f"{fault!r} is no fault: there are {', '.join(FAULTS)}")
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

    def _failure(self, fault: str, status: int) -> Answer:
        """Return the answer to a call that is not done."""
        if fault == "busy":
            waits = {"Retry-After": str(self.retry_after)}
            return {"error": {"message": "too many calls"}}, 429, waits
        if fault == "later":
            moment = datetime.now(timezone.utc) + timedelta(seconds=self.retry_after)
            waits = {"Retry-After": format_datetime(moment, usegmt=True)}
            return b"closed for a moment", status, waits
        if fault == "denied":
            self._logins.end_all()
            return {"error": {"message": "who are you?"}}, 401, {}
        if fault == "html":
            return _PAGE, 200, {"Content-Type": "text/html"}
        if fault == "drop":
            return DROP, 0, {}
        return {"error": {"message": "out of order"}}, 500, {}

    def _spoil(self, fault: str | None, content: Any) -> Any:
        """Return the content of an answer as it arrives."""
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
