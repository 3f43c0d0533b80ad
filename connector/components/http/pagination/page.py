"""Paging by page number."""

from __future__ import annotations

from typing import Any

from .base import AGAIN, PageToken, Paging, incomplete, largest_page_size

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

    def _at(self, page: int, **notes) -> PageToken:
        return {self._page: page, self._per_page: self._size, **notes}

    def first(self) -> Any:
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
            # The records have moved to the previous page, which may be read already.
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
        # Some systems return their last page for every higher number.
        is_short = len(records) < largest_page_size(page_token)
        if number > 2 and "_total" not in page_token and is_short:
            return []
        return super()._after_repeated(page_token, records, number)
