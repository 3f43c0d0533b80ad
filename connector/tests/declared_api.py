"""The external system that the declarations of a backend's bindings describe.

It serves the resources of all bindings, each with its keys, its paging and its version;
faults and habits are those of a :class:`.fake_api.FakeApi`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from ..components.http.pagination import (
    CursorPaging,
    LastIdPaging,
    LinkPaging,
    Paging,
)
from .fake_api import FakeApi
from .fake_faults import Call, Response

#: Attribute of a paging with the name of a parameter -> the parameter of a FakeApi, or
#: one of those that :class:`DeclaredApi` adds.
_PARAMETERS = {
    "_per_page": "per_page",
    "_limit": "per_page",
    "_page": "page",
    "_offset": "offset",
    "_after": "after",
    "_cursor": "cursor",
    "_since": "updated_since",
}


@dataclass(frozen=True)
class Format:
    """How the records at a path are read and written."""

    id_key: str
    version_key: str
    version_type: str | None
    list_key: str | None
    record_key: str | None
    update_method: str
    paging: Paging
    #: Parameters of flows that request the changes since a time.
    since: tuple[str, ...] = ()

    def parameters(self) -> dict[str, str]:
        """Return the parameters of lists, by the names they have in requests."""
        named = {
            vars(self.paging).get(attribute): name
            for attribute, name in _PARAMETERS.items()
        }
        named.pop(None, None)
        return {**named, **dict.fromkeys(self.since, "updated_since")}


class DeclaredApi(FakeApi):
    """An API that serves what the components of declared models request."""

    #: How the version of a record is written, see ``version_type`` of a resource.
    version_type: str | None = None
    _paging: Paging | None = None

    def __init__(self, **options: Any):
        super().__init__(**options)
        self._formats: dict[str, Format] = {}
        self._token_login: Any = None

    def serve(self, path: str, form: Format) -> None:
        """Serve the records of a resource."""
        self._tables.setdefault(path, {})
        self._formats[path] = form

    def log_in_by(self, token_login: Any) -> None:
        """Require the tokens of a login.

        :param token_login: a :class:`~..components.http.auth.TokenLogin`
        """
        self.login, self._token_login = token_login.path, token_login

    def is_about(self, path: str) -> None:
        """Have the attributes that tests read describe the records at a path."""
        form = self._formats[path]
        self.id_key, self.version_key = form.id_key, form.version_key
        self.version_type = form.version_type

    # -- actions of a test

    def records(self, path: str) -> dict[Any, dict]:
        with self._format_of(path):
            return super().records(path)

    def add(self, path: str, **values: Any) -> dict:
        with self._format_of(path):
            return super().add(path, **values)

    def change(self, path: str, external_id: Any, **values: Any) -> dict:
        with self._format_of(path):
            return super().change(path, external_id, **values)

    def now(self) -> Any:
        moment = super().now()
        if self.version_type != "number":
            return moment
        return int("".join(filter(str.isdecimal, moment)))

    # -- responses

    def respond(self, call: Call) -> Response:
        path, _slash, _id = call.path.rpartition("/")
        with self._format_of(call.path if call.path in self._tables else path):
            return super().respond(call)

    @contextmanager
    def _format_of(self, path: str) -> Iterator[None]:
        form = self._formats.get(path)
        names = ("id_key", "version_key", "version_type", "habits", "_paging")
        with self._lock:
            former = {name: getattr(self, name) for name in names}
            if form:
                self.id_key, self.version_key = form.id_key, form.version_key
                self.version_type, self._paging = form.version_type, form.paging
                self.habits = replace(
                    self.habits,
                    list_key=form.list_key or "items",
                    record_key=form.record_key,
                    update_methods=(form.update_method,),
                    page_limit=self.habits.page_limit if self._has_pages() else None,
                )
            try:
                yield
            finally:
                vars(self).update(former)

    def _has_pages(self) -> bool:
        return type(self._paging) is not Paging

    def _admit(self, call: Call) -> Response:
        login = self._token_login
        if not login or call.path != self.login:
            return super()._admit(call)
        body = call.body or {}
        asked = {key: body.get(getattr(login, key)) for key in ("username", "password")}
        content, status, headers = super()._admit(call._replace(body=asked))
        if status == 200:
            content = {getattr(login, key): val for key, val in content.items()}
        return content, status, headers

    def _list(self, call: Call) -> Response:
        kept = self.habits.obeyed(call.query)
        names = self._formats[call.path].parameters()
        query: dict[str, Any] = {}
        for key, value in kept.items():
            name = names.get(key, key)
            # A flow and its paging may both request changes since a time.
            query[name] = max(value, query.get(name, ""))
        if self.version_type == "number" and self.since in query:
            query[self.since] = int(float(query[self.since]))
        content, status, headers = super()._list(call._replace(query=query))
        cursor = self._cursor_after(content)
        if cursor and isinstance(self._paging, CursorPaging):
            content["next_cursor"] = cursor
        if cursor and isinstance(self._paging, LinkPaging):
            target = f"{self.url}{call.path}?{urlencode({**query, 'cursor': cursor})}"
            headers = {**headers, "Link": f'<{target}>; rel="next"'}
        return content, status, headers

    def _cursor_after(self, content: Any) -> str | None:
        """Return the position after the last record of a page, if it has any."""
        records = content[self.habits.list_key] if content else []
        return json.dumps(self._rank(records[-1])) if records else None

    def _rank(self, record: dict) -> list:
        stamp = record[self.version_key]
        by_id = isinstance(self._paging, LastIdPaging)
        external_id = record.get(self.id_key)
        return [0 if by_id else stamp, external_id is None, external_id]

    def _page_of(self, call: Call) -> tuple[list[dict], int]:
        if not isinstance(self._paging, CursorPaging | LinkPaging | LastIdPaging):
            return super()._page_of(call)
        everything = {**call.query, self.page: "1", self.per_page: str(10**9)}
        habits, self.habits = self.habits, replace(self.habits, page_limit=None)
        try:
            records, total = super()._page_of(call._replace(query=everything))
        finally:
            self.habits = habits
        records.sort(key=self._rank)
        after = call.query.get("cursor")
        if "after" in call.query and records:
            # Records without an ID are the last ones.
            kind = type(records[0].get(self.id_key))
            after = json.dumps([0, False, kind(call.query["after"])])
        if after:
            records = [rec for rec in records if self._rank(rec) > json.loads(after)]
        _begin, end = self._span(call._replace(query={**call.query, "page": 1}), total)
        return records[:end], total

    def _span(self, call: Call, count: int) -> tuple[int, int]:
        if not self._has_pages():
            return 0, count
        begin, end = super()._span(call, count)
        if "offset" in call.query:
            size, begin = end - begin, int(call.query["offset"])
            end = begin + size
        return begin, end
