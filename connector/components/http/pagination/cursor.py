"""Paging by a cursor that each response returns."""

from collections.abc import Callable

import requests

from .base import Paging
from .extractors import response_json


class CursorPaging(Paging):
    """``?cursor=...`` with the next cursor given by each response.

    :param next_cursor: returns the next cursor of a response, falsy on the last page
    """

    def __init__(
        self,
        next_cursor: Callable[[requests.Response], str | None] = lambda response: (
            response_json(response).get("next_cursor")
        ),
        cursor: str = "cursor",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self._next_cursor, self._cursor = next_cursor, cursor

    def _next_pages(self, response, page_token, records):
        if not response.content.strip() or self._announced_more(response) is False:
            return []
        cursor = self._next_cursor(response)
        return [{self._cursor: cursor}] if cursor else []
