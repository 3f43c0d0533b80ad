"""Ways to walk through a list that comes in pages.

What changes in the other system while a list is read can shift its pages. By a number
or an offset, a record that moves to a page read already is missed: these are for lists
in order of creation. That some went away is seen by the total, where it is told, and
read again; :class:`KeysetPaging` misses nothing.

All of them read until the answer says that nothing follows (a total, ``has_more``, no
next link), or until a page is empty: a page shorter than asked for ends nothing.
"""

from collections.abc import Callable
from urllib.parse import urljoin

import requests

from ..redaction import strip_secrets
from .base import (
    AGAIN,
    Page,
    PageToken,
    Paging,
    incomplete,
    largest_page_size,
    query,
)
from .extractors import answer_of
from .keyset import KeysetPaging
from .links import next_link

__all__ = [
    "CursorPaging",
    "KeysetPaging",
    "LinkPaging",
    "OffsetPaging",
    "Page",
    "PagePaging",
    "PageToken",
    "Paging",
    "query",
]

# A page opens the way to as many times its own number: trust grows with what came.
_FAN_OUT = 8


class PagePaging(Paging):
    """``?page=1&per_page=50``, up to the total if it is told, else to an empty page.

    Where the total is told, several pages are known at once, and can be read by jobs of
    their own.
    """

    def __init__(
        self, size: int = 100, page: str = "page", per_page: str = "per_page", **kwargs
    ):
        super().__init__(**kwargs)
        self._size, self._page, self._per_page = size, page, per_page

    _may_be_missing = True

    def _sizes(self):
        return (self._per_page,)

    def _at(self, page: int, **notes) -> PageToken:
        return {self._page: page, self._per_page: self._size, **notes}

    def first(self):
        return self._at(1)

    def _next_pages(self, response, page_token, records):
        page = page_token[self._page]
        total = self._announced_total(response, len(records))
        if "_total" not in page_token and (page > 1 or total is None):
            return self._one_by_one(response, page_token, records)
        known = page_token.get("_total", total)
        total = known if total is None else total
        length = page_token.get("_length") or len(records)
        notes = {"_total": total, "_length": length}
        if len(records) < min(length or 1, total - (page - 1) * length):
            return [incomplete("fewer", total=total, asked=f"{self._page}={page}")]
        following = []
        if total < known and page > 1:
            # What stood here is now on the page before, which may be read already.
            following.append(self._at(page - 1, **notes, **{AGAIN: True}))
        if page == page_token.get("_until", 1) and AGAIN not in page_token:
            last = min(-(-total // length) if length else 0, page * _FAN_OUT)
            following += [
                self._at(number, **notes, _until=last)
                for number in range(page + 1, last + 1)
            ]
        return following

    def _one_by_one(self, response, page_token, records):
        more = self._announced_more(response)
        if more is False or not (records or more):
            return []
        return [self._at(page_token[self._page] + 1)]

    def _after_repeated(self, page_token, records, number):
        # Some give their last page for every number after it.
        is_short = len(records) < largest_page_size(page_token)
        if number > 2 and "_total" not in page_token and is_short:
            return []
        return super()._after_repeated(page_token, records, number)


class OffsetPaging(Paging):
    """``?offset=0&limit=100``, up to the total if it is told, else to an empty page."""

    def __init__(
        self, size: int = 100, offset: str = "offset", limit: str = "limit", **kwargs
    ):
        super().__init__(**kwargs)
        self._size, self._offset, self._limit = size, offset, limit

    _may_be_missing = True

    def _sizes(self):
        return (self._limit,)

    def _at(self, offset: int, **notes) -> PageToken:
        return {self._offset: offset, self._limit: self._size, **notes}

    def first(self):
        return self._at(0)

    def _next_pages(self, response, page_token, records):
        more = self._announced_more(response)
        total = self._announced_total(response, len(records))
        start = page_token[self._offset]
        end = start + len(records)
        if more is False or (total is None and not (records or more)):
            return []
        if total is None:
            return [self._at(end)]
        gone = page_token.get("_total", total) - total
        if gone > 0:
            # Others have moved to where was read already.
            return [self._at(max(start - gone, 0), _total=total, **{AGAIN: True})]
        if end >= total:
            return []
        if not records:
            return [incomplete("fewer", total=total, asked=f"{self._offset}={start}")]
        return [self._at(end, _total=total)]


class CursorPaging(Paging):
    """``?cursor=...`` with the cursor each answer names for the next.

    :param following: gives the next cursor of an answer, falsy on the last page
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

    def _next_pages(self, response, page_token, records):
        if not response.content.strip() or self._announced_more(response) is False:
            return []
        cursor = self._next(response)
        return [{self._cursor: cursor}] if cursor else []


class LinkPaging(Paging):
    """The header ``Link: <...>; rel="next"`` of RFC 8288, or a link in the answer.

    :param link: gives the address of the next page, falsy on the last one
    """

    def __init__(
        self, link: Callable[[requests.Response], str | None] = next_link, **kwargs
    ):
        super().__init__(**kwargs)
        self._link = link

    def _next_pages(self, response, page_token, records):
        link = self._link(response)
        # Relative to what was asked; a key in the address is not for a job's arguments.
        return [{"url": strip_secrets(urljoin(response.url, link))}] if link else []
