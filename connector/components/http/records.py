"""What adapters of records do on top of the requests of their protocol."""

from collections import deque
from collections.abc import Iterator
from typing import Any

from .pagination import Page, PageToken


class RecordsAdapter:
    """Reading of whole lists, and creation that can be repeated."""

    #: Key of the ID of a record in responses.
    _id_key = "id"
    #: Idempotency key of the next create, set by the exporter, which keeps it for
    #: retries.
    idempotency_key: str | None = None
    #: Whether an earlier attempt may have created the record, set by the exporter too.
    is_repetition = False

    def read_page(
        self, filters: dict | None = None, page_token: PageToken | None = None
    ) -> Page:
        """Return one page of records, the first one without ``page_token``."""
        raise NotImplementedError

    def search_read(self, filters: dict | None = None) -> Iterator[dict]:
        """Yield all records, one page in memory at a time.

        :raise IncompleteListError: at the end, if the list may contain more records
        """
        page_tokens: deque[PageToken | None] = deque([None])
        while page_tokens:
            records, next_pages = self.read_page(filters, page_tokens.popleft())
            page_tokens.extend(next_pages)
            yield from records

    def search(self, filters: dict | None = None) -> Iterator[Any]:
        """Yield the external IDs of all records."""
        return (record[self._id_key] for record in self.search_read(filters))

    def _created_id(self, answer: Any, data: dict) -> Any:
        """Return the ID of the record that a create returned, ``None`` if not returned.

        If a repeated request returns the record created by an earlier attempt, from
        older values, the newer values are written too.
        """
        if not isinstance(answer, dict):
            return None
        external_id = answer.get(self._id_key)
        if self.is_repetition and any(
            key in answer and answer[key] != value for key, value in data.items()
        ):
            self.write(external_id, data)
        return external_id

    def write(self, external_id: Any, data: dict) -> Any:
        """Update a record."""
        raise NotImplementedError
