"""The records of :class:`.fake_api.FakeApi`, reached by XML-RPC.

With ``FakeXmlRpc("contacts")`` there are ``contacts.search_read(user, password,
filters)``, ``contacts.read(user, password, id)``, ``contacts.create(user, password,
values, key)`` where the same key does not create a second record,
``contacts.write(user, password, id, values)`` and ``contacts.delete(user, password,
id)``. Faults have the HTTP codes: 401, 404.
"""

from __future__ import annotations

import xmlrpc.client
from typing import Any

from .fake_api import Call, FakeApi, Response
from .http_server import DROP, Seen

_METHODS = {
    "search_read": "GET",
    "read": "GET",
    "create": "POST",
    "write": "PATCH",
    "delete": "DELETE",
}


class FakeXmlRpc(FakeApi):
    """The external system of a connector that uses XML-RPC."""

    def listing(self, records: list[dict], total: int) -> Any:
        return records

    def _call_of(self, seen: Seen) -> Call:
        (_user, password, *arguments), name = xmlrpc.client.loads(seen.body)
        path, _dot, method = name.rpartition(".")
        query, body = {}, None
        headers = {"authorization": password or ""}
        if method == "search_read":
            query = arguments[0] or {}
        elif method == "create":
            body, headers["idempotency-key"] = arguments
        else:
            path, body = f"{path}/{arguments[0]}", arguments[-1]
        return Call(_METHODS[method], path, query, body, headers)

    def _encode(self, response: Response) -> Response:
        body, status, _headers = response
        if body is DROP or status in (429, 500) or isinstance(body, bytes):
            return super()._encode(response)
        if status >= 400:
            content: Any = xmlrpc.client.Fault(status, body["error"]["message"])
        else:
            content = (body,)
        text = xmlrpc.client.dumps(content, methodresponse=True, allow_none=True)
        return text.encode(), 200, {"Content-Type": "text/xml"}
