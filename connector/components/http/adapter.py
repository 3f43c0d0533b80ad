"""A backend adapter for JSON APIs over HTTP.

A connector sets ``_path`` and, where its system differs, the attributes below, or
overrides one of the hooks of :class:`.HttpClient`: ``_build_request_*`` and
``_parse_response_*``.
"""

from typing import Any
from urllib.parse import quote

from odoo.addons.component.core import AbstractComponent

from ...exception import IDMissingInBackend
from ...resource import resource_of
from .client import HttpClient
from .pagination import Page, PagePaging, PageToken, Paging, query
from .pagination.base import INCOMPLETE
from .pagination.extractors import unwrap
from .pagination.incomplete import incomplete_error
from .records import RecordsAdapter


class RestAdapter(HttpClient, RecordsAdapter, AbstractComponent):
    """Adapter of one collection of records of a JSON API, like ``/api/products``."""

    _name = "base.rest.adapter"
    _inherit = "base.backend.adapter.crud"

    #: Path of the collection, relative to the location of the backend.
    _path: str = ""
    #: Paging of the list of records, one of :mod:`.pagination`.
    _paging: Paging = PagePaging()
    #: Query parameters of every list, like ``{"order": "updated_at"}``.
    _list_query: dict[str, Any] = {}
    #: Query parameters of each request for one record, like ``{"expand": "lines"}``.
    _record_query: dict[str, Any] = {}
    #: Query parameters of a list of which only the IDs are needed, like
    #: ``{"fields": "id"}``; also what the paging reads, if it reads more of a record.
    _ids_query: dict[str, Any] = {}
    #: Key that holds a list, like ``products`` of ``{"products": [...]}``.
    _list_key: str | None = None
    #: Key that holds a record, like ``product`` of ``{"product": {...}}``.
    _record_key: str | None = None
    #: HTTP method of an update; some systems use ``PUT`` or ``POST``.
    _update_method = "PATCH"

    def __init__(self, work_context):
        super().__init__(work_context)
        resource = resource_of(self.model)
        if resource:
            vars(self).update(resource.adapter_settings())
            self._list_query = {**self._list_query, **resource.query}
            self._record_query = {**self._record_query, **resource.record_query}

    def read_page(
        self, filters: dict | None = None, page_token: PageToken | None = None
    ) -> Page:
        """Return one page of records, the first one without ``page_token``.

        :param filters: query parameters, besides those of ``_list_query``
        :param page_token: one of ``next_pages`` of another page
        :raise IncompleteListError: all readable pages were read, but the list may
            contain more records
        """
        page_token = self._paging.first() if page_token is None else page_token
        if INCOMPLETE in page_token:
            raise incomplete_error(self.env, *page_token[INCOMPLETE])
        if "url" in page_token:
            response = self.send("GET", page_token["url"])
        else:
            params = {**self._list_query, **(filters or {}), **query(page_token)}
            try:
                response = self.send("GET", self._path, params=params)
            except IDMissingInBackend:
                page = self._paging.missing_page(page_token)
                if page is None:
                    raise
                return page
        paging = self._paging.reading(self._id_key, self._list_key, self._record_key)
        try:
            return paging.page(response, page_token)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise self._not_understood(response) from error

    def read(self, external_id: Any) -> dict:
        """Return one record.

        :raise IDMissingInBackend: it does not exist
        """
        path, params = self._record_path(external_id), self._record_query or None
        return self._record(self.call("GET", path, params=params))

    def create(self, data: dict) -> Any:
        """Create a record in the external system; return its ID, ``None`` if not
        returned.

        If a repeated request returns the record created by an earlier attempt, from
        older values, the newer values are written too.
        """
        key = self.idempotency_key
        headers = {self._idempotency_header: key} if key else None
        content = self._record(
            self.call("POST", self._path, json=data, headers=headers)
        )
        return self._created_id(content, data)

    def write(self, external_id: Any, data: dict) -> Any:
        """Update a record; return the response, usually the whole record.

        :raise IDMissingInBackend: it does not exist
        """
        path = self._record_path(external_id)
        return self._record(self.call(self._update_method, path, json=data))

    def delete(self, external_id: Any) -> Any:
        """Delete a record; return the response, usually empty.

        :raise IDMissingInBackend: it does not exist
        """
        return self.call("DELETE", self._record_path(external_id))

    def _record_path(self, external_id: Any) -> str:
        """Return the path of one record."""
        return f"{self._path}/{quote(str(external_id), safe='')}"

    def _record(self, content: Any) -> Any:
        """Return the record of a response, which may be wrapped."""
        return unwrap(content, self._record_key)
