"""Paging strategies.

Changes in the external system while a list is read can shift its pages. With page
numbers or offsets, a record that moves to a page already read is missed: use these for
lists in order of creation. Deletions are detected by the total, if given, and the page
is read again; :class:`KeysetPaging` misses nothing.

All strategies read until the response says that nothing follows (a total, ``has_more``,
no next link), or until a page is empty: a page shorter than requested is not the end.
"""

from collections.abc import Callable
from urllib.parse import urljoin

import requests

from .keyset import KeysetPaging
from .links import next_link
from .listing import answer_of
from .masking import without_secrets
from .pages import (
    AGAIN,
    Page,
    Paging,
    Position,
    incomplete,
    largest_page,
    query,
)

__all__ = [
    "CursorPaging",
    "KeysetPaging",
    "LinkPaging",
    "OffsetPaging",
    "Page",
    "PagePaging",
    "Paging",
    "Position",
    "query",
]

# Each page allows at most as many further pages as this times its number: trust grows
# with the received data.
_FAN_OUT = 8


class PagePaging(Paging):
    """``?page=1&per_page=50``, up to the total if given, else to an empty page.

    If the total is given, several pages are known at once, and can be read by separate
    jobs.
    """

    def __init__(
        self, size: int = 100, page: str = "page", per_page: str = "per_page", **kwargs
    ):
        super().__init__(**kwargs)
        self._size, self._page, self._per_page = size, page, per_page

    _may_be_missing = True

    def _sizes(self):
        return (self._per_page,)

    def _at(self, page: int, **notes) -> Position:
        return {self._page: page, self._per_page: self._size, **notes}

    def first(self):
        return self._at(1)

    def _following(self, response, position, records):
        page = position[self._page]
        total = self._told(response, len(records))
        if "_total" not in position and (page > 1 or total is None):
            return self._one_by_one(response, position, records)
        known = position.get("_total", total)
        total = known if total is None else total
        length = position.get("_length") or len(records)
        notes = {"_total": total, "_length": length}
        if len(records) < min(length or 1, total - (page - 1) * length):
            return [incomplete("fewer", total=total, asked=f"{self._page}={page}")]
        following = []
        if total < known and page > 1:
            # The records have moved to the previous page, which may be read already.
            following.append(self._at(page - 1, **notes, **{AGAIN: True}))
        if page == position.get("_until", 1) and AGAIN not in position:
            last = min(-(-total // length) if length else 0, page * _FAN_OUT)
            following += [
                self._at(number, **notes, _until=last)
                for number in range(page + 1, last + 1)
            ]
        return following

    def _one_by_one(self, response, position, records):
        more = self._told_more(response)
        if more is False or not (records or more):
            return []
        return [self._at(position[self._page] + 1)]

    def _after_repeated(self, position, records, number):
        # Some systems return their last page for every higher number.
        is_short = len(records) < largest_page(position)
        if number > 2 and "_total" not in position and is_short:
            return []
        return super()._after_repeated(position, records, number)


class OffsetPaging(Paging):
    """``?offset=0&limit=100``, up to the total if given, else to an empty page."""

    def __init__(
        self, size: int = 100, offset: str = "offset", limit: str = "limit", **kwargs
    ):
        super().__init__(**kwargs)
        self._size, self._offset, self._limit = size, offset, limit

    _may_be_missing = True

    def _sizes(self):
        return (self._limit,)

    def _at(self, offset: int, **notes) -> Position:
        return {self._offset: offset, self._limit: self._size, **notes}

    def first(self):
        return self._at(0)

    def _following(self, response, position, records):
        more = self._told_more(response)
        total = self._told(response, len(records))
        start = position[self._offset]
        end = start + len(records)
        if more is False or (total is None and not (records or more)):
            return []
        if total is None:
            return [self._at(end)]
        gone = position.get("_total", total) - total
        if gone > 0:
            # Other records have moved to offsets already read.
            return [self._at(max(start - gone, 0), _total=total, **{AGAIN: True})]
        if end >= total:
            return []
        if not records:
            return [incomplete("fewer", total=total, asked=f"{self._offset}={start}")]
        return [self._at(end, _total=total)]


class CursorPaging(Paging):
    """``?cursor=...`` with the next cursor given by each response.

    :param following: returns the next cursor of a response, falsy on the last page
    """

    def __init__(
        self,
        following: Callable[[requests.Response], str | None] = lambda response: (
            answer_of(response).get("next_cursor")
        ),
        cursor: str = "cursor",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self._next, self._cursor = following, cursor

    def _following(self, response, position, records):
        if not response.content.strip() or self._told_more(response) is False:
            return []
        cursor = self._next(response)
        return [{self._cursor: cursor}] if cursor else []


class LinkPaging(Paging):
    """The header ``Link: <...>; rel="next"`` of RFC 8288, or a link in the body.

    :param link: returns the URL of the next page, falsy on the last one
    """

    def __init__(
        self, link: Callable[[requests.Response], str | None] = next_link, **kwargs
    ):
        super().__init__(**kwargs)
        self._link = link

    def _following(self, response, position, records):
        link = self._link(response)
        # Relative to the request; a key in the URL must not be stored in a job.
        return [{"url": without_secrets(urljoin(response.url, link))}] if link else []
