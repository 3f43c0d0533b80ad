"""A fake REST API with records, a login and faults, declared in a line.

::

    with FakeApi("/api/teas") as api:
        api.url                              # http://127.0.0.1:41234
        api.add("/api/teas", name="Earl Grey")
        api.fail("busy", path="/api/teas")   # the next request gets 429
        api.records("/api/teas")             # id -> record

Each path has a paginated list (``?page=1&per_page=100``, which returns ``{"items":
[...], "total": 3}``, sorted by ``updated_at`` and ``id``), with ``?updated_since=`` for
changes since a time, inclusive. Records are read, created, updated and deleted by GET,
POST, PATCH and DELETE; a POST with a known ``Idempotency-Key`` returns the same
response again and creates nothing. Clients authenticate with Basic, a token or a key,
in any header; with ``login`` they get a token there first.

Quirks of real APIs are declared in a line too::

    FakeApi("/api/teas", habits=Habits(page_limit=50, order="newest"))

For other formats, subclass it: override :meth:`FakeApi.listing`, or
:meth:`FakeApi.respond` for other endpoints.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .fake_faults import NOT_DONE, SLOW, Call, MayFail, Response
from .fake_habits import Habits
from .fake_logins import Logins
from .http_server import DROP, ScriptedServer, Seen


class FakeApi(MayFail, ScriptedServer):
    """The external system of a connector's tests.

    :param paths: paths of the records
    :param login: path at which ``{"user": ..., "password": ...}`` returns a token
    :param responses: fixed responses, by path
    :param idempotent: whether idempotency keys are supported
    :param habits: deviations from the behavior described above
    """

    id_key = "id"
    version_key = "updated_at"
    since = "updated_since"
    page, per_page = "page", "per_page"

    def __init__(
        self,
        *paths: str,
        username: str = "user",
        password: str = "open-sesame",
        login: str | None = None,
        responses: dict[str, Any] | None = None,
        idempotent: bool = True,
        habits: Habits | None = None,
    ):
        super().__init__()
        self.habits = habits or Habits()
        self.username, self.password, self.login = username, password, login
        self.responses, self.idempotent = responses or {}, idempotent
        #: Seconds that its clock is behind ours.
        self.clock_offset = 0.0
        #: Requests with rejected credentials, and executed creates.
        self.refused: list[Call] = []
        self.created: list[Call] = []
        self._tables: dict[str, dict[str, dict]] = {path: {} for path in paths}
        self._hidden: set[tuple[str, str]] = set()
        self._afterwards: list[tuple[str, str, Callable[[], None]]] = []
        self._keys: dict[str, Response] = {}
        self._logins = Logins(self.habits)
        self._last_id = 0

    def __exit__(self, *exc_info) -> None:
        self._ending.set()
        super().__exit__(*exc_info)

    # -- actions of a test

    def records(self, path: str) -> dict[Any, dict]:
        """Return the records at a path by ID."""
        with self._lock:
            return {rec[self.id_key]: dict(rec) for rec in self._table(path).values()}

    def add(self, path: str, **values: Any) -> dict:
        """Add a record; return its current values."""
        with self._lock:
            self._last_id += 1
            external_id = self.habits.ids(self._last_id)
            record = {self.id_key: external_id, self.version_key: self.now()}
            record.update(values)
            self._table(path)[str(record[self.id_key])] = record
            return dict(record)

    def change(self, path: str, external_id: Any, **values: Any) -> dict:
        """Change a record; return its current values."""
        with self._lock:
            record = self._table(path)[str(external_id)]
            record.update({self.version_key: self.now(), **values})
            return dict(record)

    def remove(self, path: str, external_id: Any) -> None:
        """Delete a record."""
        with self._lock:
            del self._table(path)[str(external_id)]

    def hide(self, path: str, external_id: Any) -> None:
        """Hide a record, as if its transaction was still open."""
        with self._lock:
            self._hidden.add((path, str(external_id)))

    def show(self, path: str, external_id: Any) -> None:
        """Show a hidden record, with the version of its creation."""
        with self._lock:
            self._hidden.discard((path, str(external_id)))

    def afterwards(self, method: str, path: str, act: Callable[[], None]) -> None:
        """Call ``act`` after the response to the next such request."""
        with self._lock:
            self._afterwards.append((method, path, act))

    def calls(self, method: str, path: str) -> int:
        """Return the number of requests to a path, or to a record below it."""
        places = [urlsplit(seen.path).path for seen in self.seen if seen[0] == method]
        return sum(place == path or place.startswith(f"{path}/") for place in places)

    def now(self) -> str:
        """Return the time by its clock, as in its records."""
        moment = datetime.now(timezone.utc) + timedelta(seconds=self.clock_offset)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    # -- responses

    def respond(self, call: Call) -> Response:
        """Return the response to an authenticated request: body, status, headers."""
        if call.path in self.responses:
            return self.responses[call.path], 200, {}
        path, _slash, external_id = call.path.rpartition("/")
        habits = self.habits
        if call.path in self._tables:
            if call.method == "POST":
                return self._create(call)
            return self._list(call)
        record = self._tables.get(path, {}).get(external_id)
        if record is None or (path, external_id) in self._hidden:
            return {"error": {"message": "no such record"}}, 404, {}
        if call.method == "DELETE":
            self.remove(path, external_id)
            return None, 204, {}
        if call.method in habits.update_methods:
            values = habits.unwrap(call.body)
            return habits.wrap(self.change(path, external_id, **values)), 200, {}
        if call.method != "GET":
            return {"error": {"message": f"{call.method} is not allowed"}}, 405, {}
        return habits.wrap(dict(record)), 200, {}

    def listing(self, records: list[dict], total: int) -> Any:
        """Return the body of a page of a list."""
        listing: dict[str, Any] = {self.habits.list_key: records}
        return {**listing, "total": total} if self.habits.total else listing

    def _call_of(self, seen: Seen) -> Call:
        where = urlsplit(seen.path)
        form = "urlencoded" in seen.headers.get("content-type", "")
        if form:
            body: Any = dict(parse_qsl(seen.body.decode()))
        else:
            body = json.loads(seen.body) if seen.body else None
        query = dict(parse_qsl(where.query))
        return Call(seen.method, where.path, query, body, seen.headers)

    def _reply(self, seen: Seen) -> Response:
        call = self._call_of(seen)
        fault, failing = self._take_fault(call)
        if fault == "slow":
            self._ending.wait(SLOW)
        with self._lock:
            if self._responses:
                return self._encode(super()._reply(seen))
            if fault in NOT_DONE:
                return self._encode(self._failure(fault, failing))
            response = self._admit(call)
            for number, (method, path, act) in enumerate(self._afterwards):
                if (method, path) == (call.method, call.path):
                    del self._afterwards[number]
                    act()
                    break
            if fault == "drop_after":
                return DROP, 0, {}
            body, status, headers = self._encode(response)
            return self._spoil(fault, body), status, headers

    def _encode(self, response: Response) -> Response:
        """Return a response as it is sent."""
        body, status, headers = response
        if body is DROP or status == 204 or isinstance(body, bytes | Iterator):
            return response
        if self.habits.content_type:
            headers = {"Content-Type": self.habits.content_type, **headers}
        return self.habits.write(body), status, headers

    def _admit(self, call: Call) -> Response:
        if self.login and call.path == self.login:
            response = self._logins.login(call.body or {}, self.username, self.password)
            if response[1] == 200:
                return response
        elif self._knows(call):
            return self.respond(call)
        else:
            response = {"error": {"message": "authentication required"}}, 401, {}
        self.refused.append(call)
        return response

    def _knows(self, call: Call) -> bool:
        if self.login:
            good = self._logins.tokens()
        else:
            basic = base64.b64encode(f"{self.username}:{self.password}".encode())
            good = {basic.decode(), self.password}
        words = [value.rpartition(" ")[2] for value in call.headers.values()]
        return not good.isdisjoint([*words, *call.query.values()])

    def _table(self, path: str) -> dict[str, dict]:
        if path not in self._tables:
            raise KeyError(f"unknown path {path}, expected one of {[*self._tables]}")
        return self._tables[path]

    def _list(self, call: Call) -> Response:
        habits = self.habits
        kept = habits.obeyed(call.query)
        call = call._replace(query=kept)
        records, total = self._page_of(call)
        if not records and habits.no_content:
            return None, 204, {}
        number = int(kept.get(self.page, 1))
        _begin, end = self._span(call, total)
        response = self.listing(records, total)
        if habits.has_more:
            response["has_more"] = end < total
        link = {}
        if end < total:
            link = habits.next_link(
                self.url, call.path, call.query, self.page, number + 1
            )
        return response, 200, link

    def _page_of(self, call: Call) -> tuple[list[dict], int]:
        since = call.query.get(self.since)
        records = self.habits.sort(
            [
                record
                for external_id, record in self._table(call.path).items()
                if (call.path, external_id) not in self._hidden
                and self.habits.is_since(record[self.version_key], since)
            ],
            self.version_key,
            self.id_key,
        )
        begin, end = self._span(call, len(records))
        return [dict(record) for record in records[begin:end]], len(records)

    def _span(self, call: Call, count: int) -> tuple[int, int]:
        number = int(call.query.get(self.page, 1))
        return self.habits.page(number, int(call.query.get(self.per_page, 100)), count)

    def _create(self, call: Call) -> Response:
        key = call.headers.get("idempotency-key") if self.idempotent else None
        if key in self._keys:
            return self._keys[key]
        self.created.append(call)
        made = self.add(call.path, **self.habits.unwrap(call.body))
        response = self.habits.wrap(made), 201, {}
        if key:
            self._keys[key] = response
        return response
