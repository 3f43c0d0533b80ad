"""Former place of :mod:`..http.pagination`."""

from ..http.pagination import (
    CursorPaging,
    KeysetPaging,
    LinkPaging,
    OffsetPaging,
    Page,
    PagePaging,
    PageToken,
    Paging,
    query,
)

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
