"""The base of all pagings.

A *position* is a page token: the parameters of one page, a dict that can be stored in a
job. So a list of any length can be read lazily, or with one job per page, by the same
object.

The received records count, not the requested ones: a server may return fewer records
than the page size, in another order, or ignore a parameter. A list that may be
incomplete ends with a token whose page cannot be read: it raises
:class:`~odoo.addons.connector.exception.IncompleteListError` with the reason.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import requests

from .listing import answer_of, items_of, more_of, total_of, unwrap

#: Keys that start with ``_`` are internal notes of the paging, not sent.
Position = dict[str, Any]

#: Note of a token that cannot be read: code and values of the reason.
INCOMPLETE = "_incomplete"
#: Note of a page that may be read again: the list got shorter, or is being checked.
AGAIN = "_again"
_WALK = "_walk"


def query(position: Position) -> dict[str, Any]:
    """Return the query parameters of a page token."""
    return {key: val for key, val in position.items() if not key.startswith("_")}


def incomplete(code: str, **values: Any) -> Position:
    """Return the token that ends an incomplete list.

    :param code: code of a reason in :mod:`.incomplete`
    """
    return {INCOMPLETE: [code, values]}


class Page(NamedTuple):
    """The records of one page, and the tokens of the known next pages.

    ``following`` lists several further pages if the total is known, else the next one.
    """

    records: list[dict]
    following: list[Position]


class Paging:
    """A list without pages: one response contains all records.

    :param items: returns the records of a response; by default the response itself if
        it is a list, else its key ``items``. ``_list_key`` of an adapter takes
        precedence.
    :param total: returns the total number of records, ``None`` if unknown; by default a
        header like ``X-Total-Count``, or the key ``total`` of the response
    :param more: returns whether another page follows, ``None`` if unknown; by default
        the key ``has_more``, ``hasMore`` or ``next`` of the response, or the header
        ``Link``
    """

    #: Whether a page beyond the end may return 404.
    _may_be_missing = False
    #: Number of pages after which a list counts as endless.
    _max_pages = 10_000
    #: Number of consecutive empty pages after which it does too.
    _max_empty_pages = 100

    def __init__(
        self,
        items: Callable[[requests.Response], list | None] = items_of,
        total: Callable[[requests.Response], int | None] = total_of,
        more: Callable[[requests.Response], bool | None] = more_of,
        id_key: str | None = None,
    ):
        self._items, self._total, self._more = items, total, more
        self._id_key = id_key

    def reading(
        self,
        id_key: str = "id",
        list_key: str | None = None,
        record_key: str | None = None,
    ) -> Paging:
        """Return the same paging, for lists in this format.

        :param list_key: key of the records in the response
        :param record_key: key in which each record may be wrapped
        """
        made = copy.copy(self)
        made._id_key = self._id_key or id_key
        items = self._items
        if list_key:
            items = lambda response: answer_of(response)[list_key]  # noqa: E731
        if record_key:
            made._items = lambda response: [
                unwrap(record, record_key) for record in items(response)
            ]
        else:
            made._items = items
        return made

    def first(self) -> Position:
        return {}

    def page(self, response: requests.Response, position: Position) -> Page:
        """Read one response, which was requested with ``position``.

        :raise TypeError: the records are not a list
        """
        records = self._records(response, position)
        walk = _Walk(position, self._identity(records, position), len(records))
        if walk.is_repeated:
            return Page([], self._after_repeated(position, records, walk.number))
        following = self._following(response, position, records)
        return Page(self._new(records, position), self._bounded(walk, following))

    def missing_page(self, position: Position) -> Page | None:
        """Return the page for a 404 response; ``None``: it is an error.

        Some systems return 404 beyond the last page, which is usually a short one.
        """
        walk = position.get(_WALK)
        if not (self._may_be_missing and walk):
            return None
        asked = [size for key, size in position.items() if key in self._sizes()]
        if walk["count"] < max(walk["largest"], *asked):
            return Page([], [])
        return Page([], [incomplete("missing", asked=_words(position))])

    # -- hooks

    def _sizes(self) -> tuple[str, ...]:
        """Return the parameters that set the page size."""
        return ()

    def _following(self, response, position, records) -> list[Position]:
        """Return the tokens to read after this page, empty at the end."""
        total = self._told(response, len(records))
        if total is not None and total > len(records):
            return [incomplete("fewer", total=total, asked=len(records))]
        if self._told_more(response):
            return [incomplete("unread", count=len(records))]
        return []

    def _new(self, records: list, position: Position) -> list:
        """Return the records that no previous page contained."""
        return records

    def _after_repeated(self, position, records, number: int) -> list[Position]:
        """Return what follows a page that was received before."""
        return [incomplete("repeated", number=number, asked=_words(position))]

    # -- helpers

    def _records(self, response: requests.Response, position: Position) -> list:
        content = response.content.strip()
        # Beyond the end, PHP serializes an empty list as an empty object.
        is_empty = not content or (content == b"{}" and _WALK in position)
        records = [] if is_empty else self._items(response)
        if not isinstance(records, list):
            raise TypeError(f"expected a list of records, got {records!r:.80}")
        return records

    def _told(self, response: requests.Response, count: int) -> int | None:
        """Return the total, if given and plausible for a page of ``count`` records."""
        total = self._total(response) if response.content.strip() else None
        return None if total is None or total < count else total

    def _told_more(self, response: requests.Response) -> bool | None:
        return self._more(response) if response.content.strip() else None

    def _id(self, record: Any) -> Any:
        return record.get(self._id_key or "id") if isinstance(record, dict) else None

    def _identity(self, records: list, position: Position) -> str | None:
        """Return a fingerprint shared by pages with the same records."""
        if not records:
            return None
        ids = [self._id(record) for record in records]
        known = records if None in ids else ids
        text = json.dumps(sorted(map(repr, known)))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _bounded(self, walk: _Walk, following: list[Position]) -> list[Position]:
        """Return the next tokens, with the notes that keep the traversal finite."""
        if walk.number >= self._max_pages or walk.empty > self._max_empty_pages:
            following = following and [incomplete("endless", number=walk.number)]
        return [
            position
            if INCOMPLETE in position
            else incomplete("stuck", asked=_words(position))
            if query(position) == query(walk.position) and AGAIN not in position
            else {**position, _WALK: walk.notes()}
            for position in following
        ]


class _Walk:
    """The progress of a traversal, and whether it is in a cycle.

    The previous page and the one at the last power of two are kept (Brent's cycle
    detection): enough to detect any cycle soon, with notes of constant size.
    """

    def __init__(self, position: Position, identity: str | None, count: int):
        notes = position.get(_WALK) or {}
        self.position = position
        self.identity = None if AGAIN in position else identity
        self.number = notes.get("number", 0) + 1
        self.largest = max(notes.get("largest", 0), count)
        self.count = count
        self.empty = notes.get("empty", 0) + 1 if not count else 0
        self._mark, self._last = notes.get("mark"), notes.get("last")

    @property
    def is_repeated(self) -> bool:
        return self.identity is not None and self.identity in (self._mark, self._last)

    def notes(self) -> dict[str, Any]:
        is_power_of_two = self.number & (self.number - 1) == 0
        return {
            "number": self.number,
            "largest": self.largest,
            "count": self.count,
            "empty": self.empty,
            "mark": self.identity if is_power_of_two else self._mark,
            "last": self.identity,
        }


def largest_page(position: Position) -> int:
    """Return the number of records of the largest page read so far."""
    return (position.get(_WALK) or {}).get("largest", 0)


def _words(position: Position) -> str:
    return ", ".join(f"{key}={value}" for key, value in query(position).items())
