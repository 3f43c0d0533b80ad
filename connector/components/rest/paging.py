"""Former place of :mod:`..http.pagination`."""

from ..http.pagination import (
    CursorPaging,
    KeysetPaging,
    LinkPaging,
    OffsetPaging,
    Page,
    PagePaging,
    Paging,
    query,
)
from ..http.pagination import (
    PageToken as Position,
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
