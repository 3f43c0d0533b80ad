"""Paging by offset."""

from __future__ import annotations

from typing import Any

from .base import AGAIN, PageToken, Paging, incomplete


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

    def _at(self, offset: int, **notes) -> PageToken:
        return {self._offset: offset, self._limit: self._size, **notes}

    def first(self) -> Any:
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
        removed = page_token.get("_total", total) - total
        if removed > 0:
            # Other records have moved to offsets already read.
            return [self._at(max(start - removed, 0), _total=total, **{AGAIN: True})]
        if end >= total:
            return []
        if not records:
            return [incomplete("fewer", total=total, asked=f"{self._offset}={start}")]
        return [self._at(end, _total=total)]
