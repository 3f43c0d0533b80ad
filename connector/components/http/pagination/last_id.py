"""Paging by the ID of the last record."""

from .base import PageToken, Paging


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

    def _next_pages(self, response, page_token, records):
        if not records or self._announced_more(response) is False:
            return []
        last_id = self._id(records[-1])
        if last_id is None:
            raise KeyError(self._id_key or "id")
        return [{**self.first(), self._after: last_id}]
