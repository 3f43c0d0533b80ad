"""A backend adapter for systems that speak JSON over HTTP.

A connector sets ``_path`` and, where its system differs, the attributes below, or
overrides one of the small hooks of :mod:`.calls`: ``_auth``, ``_url``, ``_headers``,
``_parse``, ``_reason``, ``_translate``.
"""

from collections import deque
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from odoo.addons.component.core import AbstractComponent

from ...exception import IDMissingInBackend
from .client import RestCalls
from .pagination.base import INCOMPLETE
from .pagination.extractors import unwrap
from .pagination.incomplete import incomplete_error
from .pagination.page import Page, PagePaging, Paging, Position, query


class RestAdapter(RestCalls, AbstractComponent):
    """Calls one collection of records of a JSON API, like ``/api/products``."""

    _name = "base.rest.adapter"
    _inherit = "base.backend.adapter.crud"

    #: Where the records are, below the backend's location.
    _path: str = ""
    #: Key of a record's id in what is answered.
    _id_key = "id"
    #: How the list of records is read, one of :mod:`.paging`.
    _paging: Paging = PagePaging()
    #: Query parameters of every list, like ``{"order": "updated_at"}``.
    _list_query: dict[str, Any] = {}
    #: Key that holds a list, like ``products`` of ``{"products": [...]}``.
    _list_key: str | None = None
    #: Key that holds a record, like ``product`` of ``{"product": {...}}``.
    _record_key: str | None = None
    #: Method of an update; some systems take ``PUT`` or ``POST``.
    _update_method = "PATCH"
    #: Key for the next create, set by the exporter that keeps it for further tries.
    idempotency_key: str | None = None
    #: Whether an earlier try may have made that create, set by the exporter too.
    is_repetition = False

    def read_page(
        self, filters: dict | None = None, position: Position | None = None
    ) -> Page:
        """Return one page of records, the first one without ``position``.

        :param filters: query parameters, besides those of ``_list_query``
        :param position: one of ``following`` of another page
        :raise IncompleteListError: all pages are read that can be, and the list may
            hold more
        """
        position = self._paging.first() if position is None else position
        if INCOMPLETE in position:
            raise incomplete_error(self.env, *position[INCOMPLETE])
        if "url" in position:
            response = self.send("GET", position["url"])
        else:
            params = {**self._list_query, **(filters or {}), **query(position)}
            try:
                response = self.send("GET", self._path, params=params)
            except IDMissingInBackend:
                page = self._paging.missing_page(position)
                if page is None:
                    raise
                return page
        paging = self._paging.reading(self._id_key, self._list_key, self._record_key)
        try:
            return paging.page(response, position)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise self._not_understood(response) from error

    def search_read(self, filters: dict | None = None) -> Iterator[dict]:
        """Yield all records, one page in memory at a time.

        :raise IncompleteListError: in the end, where there may be more
        """
        positions: deque[Position | None] = deque([None])
        while positions:
            records, following = self.read_page(filters, positions.popleft())
            positions.extend(following)
            yield from records

    def search(self, filters: dict | None = None) -> Iterator[Any]:
        """Yield the ids of all records."""
        return (record[self._id_key] for record in self.search_read(filters))

    def read(self, external_id: Any) -> dict:
        """Return one record.

        :raise IDMissingInBackend: there is none
        """
        return self._record(self.call("GET", self._record_path(external_id)))

    def create(self, data: dict) -> Any:
        """Create a record in the other system, return its id, ``None`` if not told.

        Where a repeated call is answered with what an earlier try created, from older
        values, the newer values are written too.
        """
        key = self.idempotency_key
        headers = {self._idempotency_header: key} if key else None
        answer = self._record(self.call("POST", self._path, json=data, headers=headers))
        if not isinstance(answer, dict):
            return None
        external_id = answer.get(self._id_key)
        if self.is_repetition and any(
            key in answer and answer[key] != value for key, value in data.items()
        ):
            self.write(external_id, data)
        return external_id

    def write(self, external_id: Any, data: dict) -> Any:
        """Change a record; return what was answered, usually the whole record.

        :raise IDMissingInBackend: there is none
        """
        path = self._record_path(external_id)
        return self._record(self.call(self._update_method, path, json=data))

    def delete(self, external_id: Any) -> Any:
        """Delete a record; return what was answered, usually nothing.

        :raise IDMissingInBackend: there is none
        """
        return self.call("DELETE", self._record_path(external_id))

    def _record_path(self, external_id: Any) -> str:
        """Return the path of one record."""
        return f"{self._path}/{quote(str(external_id), safe='')}"

    def _record(self, answer: Any) -> Any:
        """Return the record of an answer, which may be wrapped."""
        return unwrap(answer, self._record_key)
