"""Paging by the ID of the last record."""

from __future__ import annotations

import requests

from .base import Page, PageToken, Paging


class LastIdPaging(Paging):
    """``?limit=100``, then ``?limit=100&starting_after=<last ID>``.

    For lists in the order of IDs or of creation: a record that is created or deleted
    while the list is read shifts nothing. The list ends where the response says so
    (``has_more``), or with an empty page.

    :param size: number of records per page
    :param after: parameter that requests the records after an ID
    :param limit: parameter that limits the number of records
    """

    def __init__(
        self,
        size: int = 100,
        after: str = "starting_after",
        limit: str = "limit",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self._size, self._after, self._limit = size, after, limit

    def _sizes(self):
        return (self._limit,)

    def first(self) -> PageToken:
        return {self._limit: self._size}

    def page(self, response: requests.Response, page_token: PageToken) -> Page:
        page = super().page(response, page_token)
        if not any(self._after in token for token in page.next_pages):
            return page
        # Records without an ID after the last one with an ID come again.
        ids = [self._id(record) for record in page.records]
        while ids and ids[-1] is None:
            ids.pop()
        return page._replace(records=page.records[: len(ids)])

    def _next_pages(self, response, page_token, records):
        if not records or self._announced_more(response) is False:
            return []
        ids = (self._id(record) for record in reversed(records))
        last_id = next((id_ for id_ in ids if id_ is not None), None)
        if last_id is None:
            # They are all that is left.
            if len(records) < self._size:
                return []
            raise KeyError(self._id_key or "id")
        return [{**self.first(), self._after: last_id}]
