"""A backend adapter for GraphQL APIs.

A connector declares the fields of its records::

    class ProductAdapter(Component):
        _name = "shop.product.adapter"
        _inherit = ["base.graphql.adapter", "shop.base"]
        _apply_on = "shop.product"
        _path = "/admin/api/2026-01/graphql.json"
        _record_fields = Fields("product", "products", "id title updatedAt")

or writes the queries itself, and adds the mutations it needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from odoo.addons.component.core import AbstractComponent

from ...declared_setting import settings
from ...exception import IDMissingInBackend
from ...exceptions_http import RemoteProtocolError
from ...resource import resource_of
from ..http.errors.location import host_of
from ..http.pagination import Page, PageToken, Paging, query
from ..http.pagination.base import INCOMPLETE
from ..http.pagination.incomplete import incomplete_error
from ..http.records import RecordsAdapter
from ..http.redaction import mask
from .client import GraphqlClient
from .documents import Fields, data_at
from .mutations import RecordMutations
from .paging import ConnectionPaging


class GraphqlAdapter(RecordMutations, GraphqlClient, RecordsAdapter, AbstractComponent):
    """Adapter of one type of records of a GraphQL API."""

    _name = "base.graphql.adapter"
    _inherit = "base.backend.adapter.crud"

    #: Fields of a record; the queries below are derived from it if they are not set.
    _record_fields: Fields | None = None
    #: Query of a page, with the variables of the paging (``first``, ``after``) and the
    #: filters. It has to select ``pageInfo { hasNextPage endCursor }``.
    _list_query: str = ""
    #: Constant variables of the list query.
    _list_variables: dict[str, Any] = {}
    #: Path of the connection in the data, like ``repository.issues``; by default its
    #: only field.
    _list_path: str | None = None
    #: Paging of the list query.
    _paging: Paging = ConnectionPaging()
    #: Query of one record, with the variable ``id``.
    _record_query: str = ""
    #: Path of the record in the data, by default its only field.
    _record_path: str | None = None
    #: Query of several records, with the variable ``ids``: returns a list in the order
    #: of the IDs.
    _records_query: str = ""
    #: Number of records read by one request.
    _records_size = 100

    def __init__(self, work_context):
        super().__init__(work_context)
        resource = resource_of(self.model)
        if resource:
            vars(self).update(settings(resource, ("id_key", "paging")))

    def read_page(
        self, filters: dict | None = None, page_token: PageToken | None = None
    ) -> Page:
        """Return one page of records, the first one without ``page_token``.

        :param filters: variables, besides those of ``_list_variables``
        :param page_token: one of ``next_pages`` of another page
        :raise IncompleteListError: all readable pages were read, but the list may
            contain more records
        """
        page_token = self._paging.first() if page_token is None else page_token
        if INCOMPLETE in page_token:
            raise incomplete_error(self.env, *page_token[INCOMPLETE])
        variables = {**self._list_variables, **(filters or {}), **query(page_token)}
        response = self._send_operation(
            self._document("_list_query"), variables, is_read=True
        )
        paging = self._paging.reading(self._id_key, self._list_path)
        try:
            return paging.page(response, page_token)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise RemoteProtocolError(
                self.env._(
                    "The response of %(host)s contains no page of records (%(why)s): "
                    "the query must select one list, with nodes or edges { node }, and "
                    "pageInfo { hasNextPage endCursor }.",
                    host=host_of(response.url),
                    why=mask(repr(error))[:200],
                )
            ) from error

    def read(self, external_id: Any) -> dict:
        """Return one record.

        :raise IDMissingInBackend: it does not exist
        """
        data = self.query(
            self._document("_record_query"), {"id": external_id}, missing_is_null=True
        )
        record = self._result(data, self._record_path)
        if record is None:
            raise self._missing(external_id)
        return record

    def read_many(self, external_ids: Iterable[Any]) -> dict[Any, dict]:
        """Return records by ID, with one request for up to ``_records_size`` of them.

        Records that do not exist are left out.
        """
        ids = list(dict.fromkeys(external_ids))
        found: dict[Any, dict] = {}
        for start in range(0, len(ids), self._records_size):
            some = ids[start : start + self._records_size]
            records = self._read_together(some)
            found.update(
                (external_id, record)
                for external_id, record in zip(some, records, strict=True)
                if record
            )
        return found

    def _read_together(self, ids: list) -> list[dict | None]:
        is_aliased = not self._records_query and not (
            self._record_fields and self._record_fields.node_type
        )
        if self._records_query:
            document = self._records_query
        else:
            document = self._declared().records_query(len(ids))
        variables = (
            {f"id{number}": external_id for number, external_id in enumerate(ids)}
            if is_aliased
            else {"ids": ids}
        )
        data = self.query(document, variables, missing_is_null=True)
        if is_aliased:
            return [data.get(f"record{number}") for number in range(len(ids))]
        records = self._result(data) or [None] * len(ids)
        if not isinstance(records, list) or len(records) != len(ids):
            raise RemoteProtocolError(
                self.env._(
                    "%(host)s did not return one record for each of the %(count)s IDs "
                    "requested.",
                    host=host_of(self._location()),
                    count=len(ids),
                )
            )
        return records

    # -- helpers

    def _document(self, name: str) -> str:
        """Return a query: that of the attribute, or the one of the declaration."""
        return getattr(self, name) or getattr(self._declared(), name[1:])()

    def _declared(self) -> Fields:
        if not self._record_fields:
            raise NotImplementedError(
                f"{self._name}: set _record_fields, or the queries."
            )
        return self._record_fields

    def _result(self, data: dict, path: str | None = None) -> Any:
        """Return the result of an operation, ``None`` if it is null."""
        if not data:
            return None
        try:
            return data_at(data, path)
        except TypeError:
            # A field above it is null.
            return None
        except KeyError as error:
            raise RemoteProtocolError(
                self.env._(
                    "The response of %(host)s has no single result (%(why)s).",
                    host=host_of(self._location()),
                    why=error.args[0],
                )
            ) from error

    def _missing(self, external_id: Any) -> IDMissingInBackend:
        return IDMissingInBackend(
            self.env._(
                "%(host)s has no record %(id)s.",
                host=host_of(self._location()),
                id=external_id,
            )
        )
