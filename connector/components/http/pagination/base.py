"""The base of all pagings.

A *page token* holds the query parameters of one page: a dict that fits into a job. So a
list of any length can be read lazily, or one page per job, with the same object.

The received records count, not the requested ones: a server may return fewer records
than the page size, in another order, or ignore a parameter. A list that may be
incomplete ends with a page token whose page cannot be read: it raises
:class:`~odoo.addons.connector.exception.IncompleteListError` with the reason.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import requests

from .extractors import (
    extract_has_more,
    extract_records,
    extract_total,
    response_json,
    unwrap,
)

#: Query parameters of one page. Keys that begin with ``_`` are state of the paging and
#: are not sent.
PageToken = dict[str, Any]

#: Key of a page token that cannot be read: code and values of the reason.
INCOMPLETE = "_incomplete"
#: Note of a page that may be read again: the list got shorter, or is being checked.
AGAIN = "_again"
_WALK = "_walk"


def query(page_token: PageToken) -> dict[str, Any]:
    """Return the query parameters of a page token."""
    return {key: val for key, val in page_token.items() if not key.startswith("_")}


def incomplete(code: str, **values: Any) -> PageToken:
    """Return the page token that ends an incomplete list.

    :param code: code of a reason in :mod:`.incomplete`
    """
    return {INCOMPLETE: [code, values]}


class Page(NamedTuple):
    """The records of one page, and the tokens of the known next pages.

    ``next_pages`` lists several further pages if the total is known, else the next.
    """

    records: list[dict]
    next_pages: list[PageToken]


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
        items: Callable[[requests.Response], list | None] = extract_records,
        total: Callable[[requests.Response], int | None] = extract_total,
        more: Callable[[requests.Response], bool | None] = extract_has_more,
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
            items = lambda response: response_json(response)[list_key]  # noqa: E731
        if record_key:
            made._items = lambda response: [
                unwrap(record, record_key) for record in items(response)
            ]
        else:
            made._items = items
        return made

    def first(self) -> PageToken:
        return {}

    def page(self, response: requests.Response, page_token: PageToken) -> Page:
        """Read one response, which was requested with ``page_token``.

        :raise TypeError: the records are not a list
        """
        records = self._records(response, page_token)
        walk = _Walk(page_token, self._identity(records, page_token), len(records))
        if walk.is_repeated:
            return Page([], self._after_repeated(page_token, records, walk.number))
        next_pages = self._next_pages(response, page_token, records)
        return Page(self._new(records, page_token), self._bounded(walk, next_pages))

    def missing_page(self, page_token: PageToken) -> Page | None:
        """Return the page for a 404 response; ``None``: it is an error.

        Some systems return 404 beyond the last page, which is usually a short one.
        """
        walk = page_token.get(_WALK)
        if not (self._may_be_missing and walk):
            return None
        sizes = [size for key, size in page_token.items() if key in self._sizes()]
        if walk["count"] < max(walk["largest"], *sizes):
            return Page([], [])
        return Page([], [incomplete("missing", asked=_words(page_token))])

    # -- hooks

    def _sizes(self) -> tuple[str, ...]:
        """Return the parameters that set the page size."""
        return ()

    def _next_pages(self, response, page_token, records) -> list[PageToken]:
        """Return the page tokens to read after this page, empty at the end."""
        total = self._announced_total(response, len(records))
        if total is not None and total > len(records):
            return [incomplete("fewer", total=total, asked=len(records))]
        if self._announced_more(response):
            return [incomplete("unread", count=len(records))]
        return []

    def _new(self, records: list, page_token: PageToken) -> list:
        """Return the records that no previous page contained."""
        return records

    def _after_repeated(self, page_token, records, number: int) -> list[PageToken]:
        """Return what follows a page that was received before."""
        return [incomplete("repeated", number=number, asked=_words(page_token))]

    # -- helpers

    def _records(self, response: requests.Response, page_token: PageToken) -> list:
        content = response.content.strip()
        # Beyond the end, PHP serializes an empty list as an empty object.
        is_empty = not content or (content == b"{}" and _WALK in page_token)
        records = [] if is_empty else self._items(response)
        if not isinstance(records, list):
            raise TypeError(f"expected a list of records, got {records!r:.80}")
        return records

    def _announced_total(self, response: requests.Response, count: int) -> int | None:
        """Return the total, if given and plausible for a page of ``count`` records."""
        total = self._total(response) if response.content.strip() else None
        return None if total is None or total < count else total

    def _announced_more(self, response: requests.Response) -> bool | None:
        return self._more(response) if response.content.strip() else None

    def _id(self, record: Any) -> Any:
        return record.get(self._id_key or "id") if isinstance(record, dict) else None

    def _identity(self, records: list, page_token: PageToken) -> str | None:
        """Return a fingerprint shared by pages with the same records."""
        if not records:
            return None
        ids = [self._id(record) for record in records]
        known = records if None in ids else ids
        text = json.dumps(sorted(map(repr, known)))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _bounded(self, walk: _Walk, next_pages: list[PageToken]) -> list[PageToken]:
        """Return the following page tokens, with the state that bounds a walk."""
        if walk.number >= self._max_pages or walk.empty > self._max_empty_pages:
            next_pages = next_pages and [incomplete("endless", number=walk.number)]
        return [
            page_token
            if INCOMPLETE in page_token
            else incomplete("stuck", asked=_words(page_token))
            if query(page_token) == query(walk.page_token) and AGAIN not in page_token
            else {**page_token, _WALK: walk.notes()}
            for page_token in next_pages
        ]


class _Walk:
    """The progress of a traversal, and whether it is in a cycle.

    The previous page and the one at the last power of two are kept (Brent's cycle
    detection): enough to detect any cycle soon, with notes of constant size.
    """

    def __init__(self, page_token: PageToken, identity: str | None, count: int):
        notes = page_token.get(_WALK) or {}
        self.page_token = page_token
        self.identity = None if AGAIN in page_token else identity
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


def largest_page_size(page_token: PageToken) -> int:
    """Return the number of records of the largest page read so far."""
    return (page_token.get(_WALK) or {}).get("largest", 0)


def _words(page_token: PageToken) -> str:
    return ", ".join(f"{key}={value}" for key, value in query(page_token).items())
