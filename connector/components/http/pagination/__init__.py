"""Ways to read a list that comes in pages."""

from .base import Page, Paging, PageToken, query
from .keyset import KeysetPaging
from .page import CursorPaging, LinkPaging, OffsetPaging, PagePaging

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
