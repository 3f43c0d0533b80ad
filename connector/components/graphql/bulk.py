"""Bulk operations in the form published by Shopify.

See https://shopify.dev/docs/api/usage/bulk-operations/queries: a query without paging
runs in the external system; when it has completed, its records can be downloaded as a
file of JSON lines. Records of nested connections are lines of their own, after those of
their parents, which ``__parentId`` names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ...exception import IDMissingInBackend, IncompleteListError
from ...exceptions_http import RemoteBusy, RemoteProtocolError, RemoteRefused
from ..http.errors.location import host_of
from ..http.redaction import register_secret
from ..http.session import RemoteRequest

_START = """
mutation($query: String!) {
  bulkOperationRunQuery(query: $query) {
    bulkOperation { id status }
    userErrors { field message }
  }
}
"""
_STATUS = """
query($id: ID!) {
  node(id: $id) {
    ... on BulkOperation { id status errorCode objectCount url }
  }
}
"""
_RUNNING = {"CREATED", "RUNNING", "CANCELING"}
_CHUNK = 16 * 1024


class BulkOperation(NamedTuple):
    """A bulk operation as the external system reports it.

    :param status: such as ``RUNNING`` or ``COMPLETED``
    :param record_count: records so far
    :param url: of the file, ``None`` if there is none
    :param error_code: why it failed, ``""`` if it did not
    """

    status: str
    record_count: int
    url: str | None
    error_code: str


class BulkOperations:
    """Bulk queries of a GraphQL adapter: inherit it beside the component.

    One job starts the operation, another one, retried until it has completed, imports
    its records::

        operation = adapter.start_bulk(query)
        self.model.with_delay().import_bulk(self.backend_record, operation)

        for line in adapter.bulk_records(operation):
            ...
    """

    #: Seconds until a job that found an operation running retries.
    _bulk_interval = 30

    def start_bulk(self, document: str) -> str:
        """Start a query in the external system; return the ID of the operation.

        :raise RemoteInvalidData: the query is rejected, or another one is running
        """
        return self.mutate_record(_START, {"query": document})["id"]

    def bulk_operation(self, operation_id: str) -> BulkOperation:
        """Return the state of an operation.

        :raise IDMissingInBackend: it does not exist
        """
        node = self.query(_STATUS, {"id": operation_id}, missing_is_null=True).get(
            "node"
        )
        if not node:
            raise IDMissingInBackend(
                self.env._(
                    "%(host)s has no bulk operation %(id)s.",
                    host=host_of(self._location()),
                    id=operation_id,
                )
            )
        return BulkOperation(
            node["status"],
            int(node.get("objectCount") or 0),
            node.get("url"),
            node.get("errorCode") or "",
        )

    def bulk_records(self, operation_id: str) -> Iterator[dict]:
        """Return an iterator over the lines of a completed operation.

        The file is read as it is downloaded.

        :raise RemoteBusy: the operation is running: the job is retried
        :raise RemoteRefused: it failed, was canceled, or its file has expired
        :raise IncompleteListError: at the end, if records are missing in the file
        """
        operation = self.bulk_operation(operation_id)
        if operation.status in _RUNNING:
            raise RemoteBusy(
                self.env._(
                    "The bulk operation %(id)s is running: %(count)s records so far.",
                    id=operation_id,
                    count=operation.record_count,
                ),
                seconds=self._bulk_interval,
            )
        if operation.status != "COMPLETED":
            raise RemoteRefused(
                self.env._(
                    "The bulk operation %(id)s did not complete (%(status)s "
                    "%(code)s): start it again.",
                    id=operation_id,
                    status=operation.status,
                    code=operation.error_code,
                )
            )
        return self._bulk_lines(operation)

    def _bulk_lines(self, operation: BulkOperation) -> Iterator[dict]:
        count = 0
        # Without a file, the operation found no records.
        for line in self._download_lines(operation.url) if operation.url else ():
            try:
                record = json.loads(line)
            except ValueError as error:
                raise RemoteProtocolError(
                    self.env._(
                        "Line %(number)s of the file of a bulk operation is not JSON.",
                        number=count + 1,
                    )
                ) from error
            count += 1
            yield record
        if count < operation.record_count:
            raise IncompleteListError(
                self.env._(
                    "The file of a bulk operation contains %(count)s of %(total)s "
                    "records.",
                    count=count,
                    total=operation.record_count,
                )
            )

    def _download_lines(self, url: str) -> Iterator[bytes]:
        """Yield the lines of a file, which another host may serve.

        The URL contains its own signature: the credentials of the backend are not sent.
        """
        register_secret(urlsplit(url).query)
        build = RemoteRequest("GET", url)
        with self._network_errors(build):
            http = self.session.http
            request = http.prepare_request(build)
            settings = http.merge_environment_settings(
                request.url, {}, True, self._verify(), None
            )
            response = http.send(request, allow_redirects=False, **settings)
        with response:
            if response.status_code != 200:
                self._load(response)
                raise self._build_response_exception(response)
            rest = b""
            chunks: Any = response.iter_content(_CHUNK)
            while True:
                with self._network_errors(build):
                    chunk = next(chunks, b"")
                if not chunk:
                    break
                *lines, rest = (rest + chunk).split(b"\n")
                yield from filter(bytes.strip, lines)
                if len(rest) > self._max_response_bytes:
                    raise RemoteProtocolError(
                        self.env._("A line of a file of %s is too long.", host_of(url))
                    )
            if rest.strip():
                yield rest
