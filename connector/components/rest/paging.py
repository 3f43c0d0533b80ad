"""Ways to walk through a list that comes in pages.

A *position* is what has to be asked for one page: a dict that fits into a job. So a
list of any length can be read lazily, or one page a job, with the same object.

What changes over there while a list is read can shift its pages. By a number or an
offset, a record that moves to a page read already is missed: these are for lists in
order of creation. That some went away :class:`PagePaging` sees by the total, and reads
again; :class:`KeysetPaging` misses nothing.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import requests

#: Keys that begin with ``_`` are notes of the paging to itself, not to be sent.
Position = dict[str, Any]


def query(position: Position) -> dict[str, Any]:
    """Return what is asked for at a position."""
    return {key: val for key, val in position.items() if not key.startswith("_")}


class Page(NamedTuple):
    """The records of one page, and the positions of what is known to follow.

    ``following`` lists every further page where the total is known, else the next one.
    """

    records: list[dict]
    following: list[Position]


def _items(response: requests.Response) -> list:
    answer = response.json()
    return answer["items"] if isinstance(answer, dict) else answer


def _total(response: requests.Response) -> int | None:
    told = response.headers.get("X-Total-Count")
    if told is None:
        answer = response.json()
        told = answer.get("total") if isinstance(answer, dict) else None
    return None if told is None else int(told)


class Paging:
    """One answer holds everything.

    :param items: gives the records of an answer; by default the answer itself when it
        is a list, else its key ``items``
    """

    def __init__(self, items: Callable[[requests.Response], list] = _items):
        self._items = items

    def first(self) -> Position:
        return {}

    def page(self, response: requests.Response, position: Position) -> Page:
        """Read one answer, which was asked for with ``position``.

        :raise TypeError: what should be the records is no list
        """
        records = self._items(response)
        if not isinstance(records, list):
            raise TypeError(f"a list of records was expected, not {records!r:.80}")
        return Page(records, self._following(response, position, records))

    def _following(self, response, position, records) -> list[Position]:
        return []


class PagePaging(Paging):
    """``?page=1&per_page=50``, up to the total if it is told, else to a short page.

    :param total: gives the number of records of all pages, ``None`` if not told; by
        default the header ``X-Total-Count``, or the key ``total`` of the answer
    """

    def __init__(
        self,
        size: int = 100,
        page: str = "page",
        per_page: str = "per_page",
        total: Callable[[requests.Response], int | None] = _total,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self._size, self._page, self._per_page = size, page, per_page
        self._total = total

    def _at(self, page: int, **notes: Any) -> Position:
        return {self._page: page, self._per_page: self._size, **notes}

    def first(self):
        return self._at(1)

    def _following(self, response, position, records):
        page = position[self._page]
        total = self._total(response)
        if total is None:
            return [self._at(page + 1)] if len(records) >= self._size else []
        if "_total" not in position:
            # Only the first page fans out; the others were counted by it.
            last = -(-total // self._size)
            return [self._at(n, _total=total) for n in range(2, last + 1)]
        if total < position["_total"] and page > 1:
            # What stood here is now on the page before, which may be read already.
            return [self._at(page - 1, _total=total)]
        return []


class OffsetPaging(Paging):
    """``?offset=0&limit=100`` up to a short page."""

    def __init__(
        self, size: int = 100, offset: str = "offset", limit: str = "limit", **kwargs
    ):
        super().__init__(**kwargs)
        self._size, self._offset, self._limit = size, offset, limit

    def first(self):
        return {self._offset: 0, self._limit: self._size}

    def _following(self, response, position, records):
        if len(records) < self._size:
            return []
        start = position[self._offset] + self._size
        return [{self._offset: start, self._limit: self._size}]


class CursorPaging(Paging):
    """``?cursor=...`` with the cursor each answer names for the next.

    :param following: gives the next cursor of an answer, falsy on the last page
    """

    def __init__(
        self,
        following: Callable[[requests.Response], str | None] = lambda response: (
            response.json().get("next_cursor")
        ),
        cursor: str = "cursor",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self._next, self._cursor = following, cursor

    def _following(self, response, position, records):
        cursor = self._next(response)
        return [{self._cursor: cursor}] if cursor else []


class KeysetPaging(Paging):
    """Each page is asked for by the version at which the one before ended.

    ``?per_page=50``, then ``?per_page=50&updated_since=2026-01-31T12:00Z``: for lists
    sorted by the time of the last change, that can be asked for what changed since a
    moment, this moment included. A record that changes while the list is read comes
    again at its end, one that goes away shifts nothing. What comes twice because it
    has the version of the page's end is left out.

    :param version: key of the version, as the list is sorted
    :param since: parameter that asks for versions from one on
    :param page: parameter by which the records of one moment are walked through, where
        they fill more than a page
    """

    def __init__(
        self,
        size: int = 100,
        version: str = "updated_at",
        since: str = "updated_since",
        page: str = "page",
        per_page: str = "per_page",
        id_key: str = "id",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self._size, self._version, self._since = size, version, since
        self._page, self._per_page, self._id_key = page, per_page, id_key

    def first(self):
        return {self._per_page: self._size}

    def page(self, response, position):
        records = self._items(response)
        read = set(position.get("_read", ()))
        # What is no record is for the importer to report.
        new = [r for r in records if not (isinstance(r, dict) and self._id(r) in read)]
        return Page(new, self._following(response, position, records))

    def _following(self, response, position, records):
        if len(records) < self._size:
            return []
        last = records[-1][self._version]
        if last == position.get(self._since):
            return [{**position, self._page: position.get(self._page, 1) + 1}]
        at_last = [
            self._id(record)
            for record in records
            if isinstance(record, dict) and record.get(self._version) == last
        ]
        return [{self._per_page: self._size, self._since: last, "_read": at_last}]

    def _id(self, record):
        return record.get(self._id_key)


class LinkPaging(Paging):
    """The ``Link: <...>; rel="next"`` header of RFC 8288."""

    def _following(self, response, position, records):
        link = response.links.get("next", {}).get("url")
        return [{"url": link}] if link else []
