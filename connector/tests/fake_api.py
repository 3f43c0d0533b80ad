"""A small REST API with records, a login and faults, described in a line.

::

    with FakeApi("/api/teas") as api:
        api.url                              # http://127.0.0.1:41234
        api.add("/api/teas", name="Earl Grey")
        api.fail("busy", path="/api/teas")   # the next call gets 429
        api.records("/api/teas")             # id -> record

Each path has a list in pages (``?page=1&per_page=100``, answered as ``{"items": [...],
"total": 3}``, sorted by ``updated_at`` and ``id``), with ``?updated_since=`` for what
changed since then, that included. Records are read, created, changed and deleted by
GET, POST, PATCH and DELETE; a POST with an ``Idempotency-Key`` seen before gets the
same answer again and creates nothing. Callers prove who they are with Basic, a token
or a key, in whatever header; with ``login`` they get a token there first.

A system that writes otherwise is a subclass: override :meth:`FakeApi.listing`, or
:meth:`FakeApi.respond` for calls of its own.
"""

from __future__ import annotations

import base64
import json
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from .http_server import DROP, AnsweringServer, Seen

#: What :meth:`FakeApi.fail` can do to a call.
FAULTS = ("busy", "error", "slow", "drop", "drop_after")
#: Seconds a slow answer takes, unless the server ends before.
SLOW = 3

Answer = tuple[Any, int, dict[str, str]]


class Call(NamedTuple):
    """A request, taken apart."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]


class FakeApi(AnsweringServer):
    """The other system of a connector's tests.

    :param paths: where there are records
    :param login: where ``{"user": ..., "password": ...}`` is given for a token
    :param answers: fixed answers, by path
    :param idempotent: whether idempotency keys are known
    """

    id_key = "id"
    version_key = "updated_at"
    since = "updated_since"
    page, per_page = "page", "per_page"
    #: Seconds that a call which is refused for now is asked to wait.
    retry_after = 7

    def __init__(
        self,
        *paths: str,
        username: str = "user",
        password: str = "open-sesame",
        login: str | None = None,
        answers: dict[str, Any] | None = None,
        idempotent: bool = True,
    ):
        super().__init__()
        self.username, self.password, self.login = username, password, login
        self.answers, self.idempotent = answers or {}, idempotent
        #: Seconds that the clock over there is before ours.
        self.clock_offset = 0.0
        #: Calls whose credentials were refused, and creates that were done.
        self.refused: list[Call] = []
        self.created: list[Call] = []
        self._tables: dict[str, dict[str, dict]] = {path: {} for path in paths}
        self._faults: list[tuple[str, str | None, str | None]] = []
        self._afterwards: list[tuple[str, str, Callable[[], None]]] = []
        self._keys: dict[str, Answer] = {}
        self._tokens: set[str] = set()
        self._last_id = 0
        self._lock = threading.RLock()
        self._ending = threading.Event()

    def __exit__(self, *exc_info) -> None:
        self._ending.set()
        super().__exit__(*exc_info)

    # -- what a test does to it

    def records(self, path: str) -> dict[Any, dict]:
        """Return the records at a path by their ids."""
        with self._lock:
            return {rec[self.id_key]: dict(rec) for rec in self._table(path).values()}

    def add(self, path: str, **values: Any) -> dict:
        """Have one more record, return it as it is now."""
        with self._lock:
            self._last_id += 1
            record = {self.id_key: self._last_id, self.version_key: self.now()}
            record.update(values)
            self._table(path)[str(record[self.id_key])] = record
            return dict(record)

    def change(self, path: str, external_id: Any, **values: Any) -> dict:
        """Change a record, return it as it is now."""
        with self._lock:
            record = self._table(path)[str(external_id)]
            record.update({self.version_key: self.now(), **values})
            return dict(record)

    def remove(self, path: str, external_id: Any) -> None:
        """Lose a record."""
        with self._lock:
            del self._table(path)[str(external_id)]

    def fail(
        self,
        fault: str,
        times: int = 1,
        method: str | None = None,
        path: str | None = None,
    ) -> None:
        """Have the next calls go wrong; logins do not, unless their path is named.

        :param fault: ``busy``: 429 with ``Retry-After``; ``error``: 500; ``slow``: an
            answer after some seconds; ``drop``, ``drop_after``: the connection is
            closed before anything is done, or after
        """
        if fault not in FAULTS:
            raise ValueError(f"{fault!r} is no fault: there are {', '.join(FAULTS)}")
        with self._lock:
            self._faults += [(fault, method, path)] * times

    def afterwards(self, method: str, path: str, act: Callable[[], None]) -> None:
        """Call ``act`` once the next such call was answered, before any other."""
        with self._lock:
            self._afterwards.append((method, path, act))

    def calls(self, method: str, path: str) -> int:
        """Return how many calls came to a path, or to a record below it."""
        places = [urlsplit(seen.path).path for seen in self.seen if seen[0] == method]
        return sum(place == path or place.startswith(f"{path}/") for place in places)

    def now(self) -> str:
        """Return the time by its clock, as in its records."""
        moment = datetime.now(timezone.utc) + timedelta(seconds=self.clock_offset)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    # -- what it answers

    def respond(self, call: Call) -> Answer:
        """Answer a call whose credentials are good: body, status, headers."""
        if call.path in self.answers:
            return self.answers[call.path], 200, {}
        path, _slash, external_id = call.path.rpartition("/")
        if call.path in self._tables:
            if call.method == "POST":
                return self._create(call)
            return self.listing(*self._page_of(call)), 200, {}
        record = self._tables.get(path, {}).get(external_id)
        if record is None:
            return {"error": {"message": "there is no such record"}}, 404, {}
        if call.method == "DELETE":
            self.remove(path, external_id)
            return None, 204, {}
        if call.method in ("PATCH", "PUT"):
            return self.change(path, external_id, **call.body), 200, {}
        return dict(record), 200, {}

    def listing(self, records: list[dict], total: int) -> Any:
        """Return what a page of a list looks like."""
        return {"items": records, "total": total}

    def _call_of(self, seen: Seen) -> Call:
        where = urlsplit(seen.path)
        body = json.loads(seen.body) if seen.body else None
        query = dict(parse_qsl(where.query))
        return Call(seen.method, where.path, query, body, seen.headers)

    def _reply(self, seen: Seen) -> Answer:
        call = self._call_of(seen)
        fault = self._take_fault(call)
        if fault == "slow":
            self._ending.wait(SLOW)
        with self._lock:
            if self._answers:
                return super()._reply(seen)
            if fault == "busy":
                waits = {"Retry-After": str(self.retry_after)}
                return {"error": {"message": "too many calls"}}, 429, waits
            if fault == "error":
                return {"error": {"message": "out of order"}}, 500, {}
            if fault == "drop":
                return DROP, 0, {}
            answer = self._admit(call)
            for number, (method, path, act) in enumerate(self._afterwards):
                if (method, path) == (call.method, call.path):
                    del self._afterwards[number]
                    act()
                    break
            return (DROP, 0, {}) if fault == "drop_after" else answer

    def _admit(self, call: Call) -> Answer:
        if self.login and call.path == self.login:
            given = list((call.body or {}).values())
            if self.username in given and self.password in given:
                token = secrets.token_hex(16)
                self._tokens.add(token)
                return {"token": token, "expires_in": 3600}, 200, {}
        elif self._knows(call):
            return self.respond(call)
        self.refused.append(call)
        return {"error": {"message": "who are you?"}}, 401, {}

    def _knows(self, call: Call) -> bool:
        if self.login:
            good = self._tokens
        else:
            basic = base64.b64encode(f"{self.username}:{self.password}".encode())
            good = {basic.decode(), self.password}
        words = [value.rpartition(" ")[2] for value in call.headers.values()]
        return not good.isdisjoint([*words, *call.query.values()])

    def _take_fault(self, call: Call) -> str | None:
        with self._lock:
            for number, (fault, method, path) in enumerate(self._faults):
                if method not in (None, call.method):
                    continue
                if path == call.path or (path is None and call.path != self.login):
                    del self._faults[number]
                    return fault
        return None

    def _table(self, path: str) -> dict[str, dict]:
        if path not in self._tables:
            raise KeyError(f"no records at {path}: there are some at {[*self._tables]}")
        return self._tables[path]

    def _page_of(self, call: Call) -> tuple[list[dict], int]:
        since = call.query.get(self.since, "")
        records = sorted(
            (rec for rec in self._table(call.path).values()),
            key=lambda rec: (rec[self.version_key], rec[self.id_key]),
        )
        records = [dict(rec) for rec in records if rec[self.version_key] >= since]
        size = int(call.query.get(self.per_page, 100))
        start = (int(call.query.get(self.page, 1)) - 1) * size
        return records[start : start + size], len(records)

    def _create(self, call: Call) -> Answer:
        key = call.headers.get("idempotency-key") if self.idempotent else None
        if key in self._keys:
            return self._keys[key]
        self.created.append(call)
        answer = self.add(call.path, **call.body), 201, {}
        if key:
            self._keys[key] = answer
        return answer
