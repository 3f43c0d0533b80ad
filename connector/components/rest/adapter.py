"""A backend adapter for systems that speak JSON over HTTP.

A connector sets ``_path`` and, where its system differs, overrides one of the small
hooks of :mod:`.calls`: ``_auth``, ``_url``, ``_headers``, ``_parse``, ``_reason``,
``_translate``.
"""

from collections import deque
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from odoo.addons.component.core import AbstractComponent

from .calls import RestCalls
from .paging import Page, PagePaging, Paging, Position, query


class RestAdapter(RestCalls, AbstractComponent):
    """Calls one collection of records of a JSON API, like ``/api/products``."""

    _name = "base.rest.adapter"
    _inherit = "base.backend.adapter.crud"

    #: Where the records are, below the backend's location.
    _path: str = ""
    #: Key of a record's id in what the other side answers.
    _id_key = "id"
    _paging: Paging = PagePaging()
    #: Key for the next create, set by the exporter that keeps it for further tries.
    idempotency_key: str | None = None
    #: Whether an earlier try may have made that create, set by the exporter too.
    is_repetition = False

    def read_page(
        self, filters: dict | None = None, position: Position | None = None
    ) -> Page:
        """Return one page of records, the first one without ``position``.

        :param filters: query parameters
        """
        position = self._paging.first() if position is None else position
        if "url" in position:
            response = self.send("GET", position["url"])
        else:
            response = self.send(
                "GET", self._path, params={**(filters or {}), **query(position)}
            )
        try:
            return self._paging.page(response, position)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise self._not_understood(response) from error

    def search_read(self, filters: dict | None = None) -> Iterator[dict]:
        """Yield all records, one page in memory at a time."""
        positions: deque[Position | None] = deque([None])
        while positions:
            records, following = self.read_page(filters, positions.popleft())
            positions.extend(following)
            yield from records

    def search(self, filters: dict | None = None) -> Iterator[Any]:
        """Yield the ids of all records."""
        return (record[self._id_key] for record in self.search_read(filters))

    def read(self, external_id: Any) -> dict:
        return self.call("GET", self._record_path(external_id))

    def create(self, data: dict) -> Any:
        """Create a record over there, return its id, ``None`` if it is not told.

        Where a repeated call is answered with what an earlier try created, from older
        values, the newer values are written too.
        """
        key = self.idempotency_key
        headers = {self._idempotency_header: key} if key else None
        answer = self.call("POST", self._path, json=data, headers=headers)
        if not isinstance(answer, dict):
            return None
        external_id = answer.get(self._id_key)
        if self.is_repetition and any(
            key in answer and answer[key] != value for key, value in data.items()
        ):
            self.write(external_id, data)
        return external_id

    def write(self, external_id: Any, data: dict) -> Any:
        return self.call("PATCH", self._record_path(external_id), json=data)

    def delete(self, external_id: Any) -> Any:
        return self.call("DELETE", self._record_path(external_id))

    def _record_path(self, external_id: Any) -> str:
        return f"{self._path}/{quote(str(external_id), safe='')}"
