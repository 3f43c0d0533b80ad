"""Ways to read a list that comes in pages, one class each; see :class:`.Paging`.

What changes in the other system while a list is read can shift its pages. By a number
or an offset, a record that moves to a page read already is missed: these are for lists
in order of creation. That some went away is seen by the total, where it is told, and
read again; :class:`KeysetPaging` misses nothing.

All of them read until the answer says that nothing follows (a total, ``has_more``, no
next link), or until a page is empty: a page shorter than asked for ends nothing.
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
