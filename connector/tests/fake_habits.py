"""Quirks of real APIs, for a :class:`FakeApi`.

::

    FakeApi("/api/teas", habits=Habits(page_limit=50, order="newest", total=False))
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True)
class Habits:
    """Each is the quirk of some real API; by default there are none.

    ``page_limit``
        maximum number of records per page, whatever is requested
    ``order``
        order of lists: ``oldest`` first, ``newest`` first, ``shuffled``
    ``nulls``
        position of records without a version in lists, ``last`` or ``first``
    ``ignores``
        ignored query parameters, ``*``: all of them
    ``after``
        ``updated_since`` excludes the moment itself
    ``total``, ``has_more``
        metadata returned with a list
    ``last_page_again``
        pages beyond the last one return the last one
    ``link``
        form of the header ``Link``: ``absolute``, ``relative``, ``other scheme``
    ``no_content``
        an empty list is a 204 response
    ``list_key``, ``record_key``
        key of the records of a list, and key that wraps a single record
    ``ids``
        creates the ID of the n-th record
    ``update_methods``
        methods that update a record
    ``content_type``, ``charset``, ``bom``
        of responses
    ``one_token``
        a login invalidates the token of the previous one
    ``token_seconds``, ``text_seconds``
        lifetime of a token, and whether it is returned as text
    ``oauth``
        logins and their errors follow OAuth 2; refresh tokens are single-use
    """

    page_limit: int | None = None
    order: str = "oldest"
    nulls: str = "last"
    ignores: tuple[str, ...] = ()
    after: bool = False
    total: bool = True
    has_more: bool = False
    last_page_again: bool = False
    link: str | None = None
    no_content: bool = False
    list_key: str = "items"
    record_key: str | None = None
    ids: Callable[[int], Any] = int
    update_methods: tuple[str, ...] = ("PATCH", "PUT")
    content_type: str | None = None
    charset: str = "utf-8"
    bom: bool = False
    one_token: bool = False
    token_seconds: float = 3600
    text_seconds: bool = False
    oauth: bool = False

    def obeyed(self, query: dict[str, str]) -> dict[str, str]:
        """Return the query parameters that are not ignored."""
        if "*" in self.ignores:
            return {}
        return {key: val for key, val in query.items() if key not in self.ignores}

    # -- lists

    def sort(self, records: list[dict], version: str, id_key: str) -> list[dict]:
        """Return records in the order of a list."""

        def rank(record):
            stamp, number = record[version], record[id_key]
            first = (stamp is None) == (self.nulls == "last")
            return (first, stamp or "", isinstance(number, str), number)

        records = sorted(records, key=rank, reverse=self.order == "newest")
        if self.order == "shuffled":
            # The same for each request.
            random.Random(1).shuffle(records)
        return records

    def is_since(self, version: str | None, since: str | None) -> bool:
        """Whether a version is included in the changes since a moment."""
        if since is None:
            return True
        return version is not None and (
            version > since if self.after else version >= since
        )

    def page(self, number: int, size: int, count: int) -> tuple[int, int]:
        """Return start and end of a page in a list of ``count`` records."""
        size = min(size, self.page_limit or size)
        if self.last_page_again:
            number = min(number, max(-(-count // size), 1))
        return (number - 1) * size, number * size

    def next_link(
        self, base: str, path: str, query: dict[str, str], page: str, number: int
    ) -> dict[str, str]:
        """Return the header that links to page ``number``."""
        if not self.link:
            return {}
        target = f"{path}?{urlencode({**query, page: number})}"
        if self.link == "relative":
            target = "?" + target.partition("?")[2]
        elif self.link == "other scheme":
            target = base.replace("http:", "https:") + target
        else:
            target = base + target
        return {
            "Link": f'<{base}{path}>; title="a, b; c=d"; rel=first, '
            f'<{target}>; title="next, please"; rel="last NEXT"'
        }

    # -- formats

    def wrap(self, record: dict) -> dict:
        """Return the response body of a single record."""
        return {self.record_key: record} if self.record_key else record

    def unwrap(self, body: Any) -> dict:
        """Return the record of a body, which may be wrapped too."""
        body = body or {}
        return body.get(self.record_key, body) if self.record_key else body

    def write(self, body: Any) -> bytes:
        """Return the content sent for a body."""
        content = json.dumps(body, ensure_ascii=False).encode(self.charset)
        return (b"\xef\xbb\xbf" if self.bom else b"") + content
