"""Strategies to read a paginated list, one class each; see :class:`.Paging`.

Changes in the external system while a list is read can shift its pages. With page
numbers or offsets, a record that moves to a page already read is missed: use these for
lists in order of creation. Deletions are detected by the total, if given, and the page
is read again; :class:`KeysetPaging` misses nothing.

All strategies read until the response says that nothing follows (a total, ``has_more``,
no next link), or until a page is empty: a page shorter than requested is not the end.
"""

from .base import Page, PageToken, Paging, query
from .cursor import CursorPaging
from .keyset import KeysetPaging
from .last_id import LastIdPaging
from .link import LinkPaging
from .offset import OffsetPaging
from .page import PagePaging

__all__ = [
    "CursorPaging",
    "KeysetPaging",
    "LastIdPaging",
    "LinkPaging",
    "OffsetPaging",
    "Page",
    "PagePaging",
    "PageToken",
    "Paging",
    "query",
]
