"""Paging of connections, by the Relay Cursor Connections specification.

https://relay.dev/graphql/connections.htm: a list has ``pageInfo { hasNextPage endCursor
}`` and ``edges { node }``; many APIs offer ``nodes`` too.
"""

from __future__ import annotations

from typing import Any

import requests

from ..http.pagination import PageToken, Paging
from ..http.pagination.base import incomplete
from .documents import data_at


class ConnectionPaging(Paging):
    """``first`` and ``after``, as variables of the list query.

    :param size: records per page; it determines the cost of a query
    :param first: name of the variable of the page size
    :param after: name of the variable of the cursor
    """

    def __init__(
        self, size: int = 100, first: str = "first", after: str = "after", **kwargs: Any
    ):
        super().__init__(**kwargs)
        self._size, self._first, self._after = size, first, after
        self._path: str | None = None

    def reading(
        self,
        id_key: str = "id",
        list_key: str | None = None,
        record_key: str | None = None,
    ) -> Paging:
        """Return the same paging, for the connection at the path ``list_key``."""
        made = super().reading(id_key)
        made._path = list_key
        made._items = made._nodes
        return made

    def first(self) -> PageToken:
        return {self._first: self._size}

    def _next_pages(self, response, page_token, records) -> list[PageToken]:
        info = self._connection(response)["pageInfo"]
        if not info["hasNextPage"]:
            return []
        if not info["endCursor"]:
            return [incomplete("no_cursor", count=len(records))]
        return [{**self.first(), self._after: info["endCursor"]}]

    def _nodes(self, response: requests.Response) -> list:
        connection = self._connection(response)
        if "nodes" in connection:
            return connection["nodes"]
        return [edge and edge["node"] for edge in connection["edges"]]

    def _connection(self, response: requests.Response) -> dict:
        return data_at(response.json()["data"], self._path)
