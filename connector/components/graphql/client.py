"""Requests of a GraphQL API over HTTP.

By the draft of GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/):
each operation is a POST of ``query`` and ``variables`` as JSON. The body decides
whether it succeeded, as errors are reported with status 200 too.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import requests

from ...exceptions_http import RemoteBusy, RemoteProtocolError
from ..http.circuit_breaker import CircuitBreaker, CostLimit
from ..http.client import HttpClient
from ..http.errors.status import exception_for, retry_after
from .cost import Cost, cost_of, known_limit, remember
from .errors import (
    ERROR_CODES,
    UNAUTHENTICATED,
    code_of,
    error_class,
    errors_of,
    is_missing_record,
    reason_of,
)

_ACCEPT = "application/graphql-response+json, application/json;q=0.9"
_MOST_REASONS = 5


class GraphqlClient(HttpClient):
    """The GraphQL part of the adapter, independent of records."""

    #: Path of the endpoint, relative to the location of the backend.
    _path: str = "graphql"
    #: Exceptions of codes with another meaning in this API, see ``errors.ERROR_CODES``.
    _error_codes: dict[str, type[Exception]] = {}

    # Of the current request: a missing record is null, it is no error.
    _missing_is_null = False
    # Of the current request: what was reserved for it.
    _reserved: CostLimit | None = None

    def query(
        self,
        document: str,
        variables: dict | None = None,
        *,
        missing_is_null: bool = False,
    ) -> dict:
        """Send a query and return its data.

        It is repeated at once if the connection breaks.

        :param missing_is_null: return null for records that do not exist, if the API
            reports them as errors
        :raise IDMissingInBackend: the record does not exist
        :raise RemoteProtocolError: the query is invalid
        :raise RemoteUnavailable: see :meth:`.HttpClient.send` for this and others
        """
        # A login may send a query meanwhile.
        outer, self._missing_is_null = self._missing_is_null, missing_is_null
        try:
            return self._execute(document, variables, is_read=True)
        finally:
            self._missing_is_null = outer

    def mutate(
        self,
        document: str,
        variables: dict | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> dict:
        """Send a mutation and return its data; see :meth:`query` for exceptions.

        :param idempotency_key: by default, the key of this request within its job
        """
        headers = (
            {self._idempotency_header: idempotency_key} if idempotency_key else None
        )
        return self._execute(document, variables, is_read=False, headers=headers)

    def _execute(self, document: str, variables: dict | None, **options: Any) -> dict:
        response = self._send_operation(document, variables, **options)
        # Nothing if the only error was a missing record.
        return response.json().get("data") or {}

    def _send_operation(
        self, document: str, variables: dict | None, **options: Any
    ) -> requests.Response:
        body = {"query": document, "variables": variables or {}}
        return self.send("POST", self._path, json=body, **options)

    # -- hooks of the HTTP client

    def _build_request_headers(self, method, path, body):
        headers = super()._build_request_headers(method, path, body)
        return {**headers, "Accept": _ACCEPT}

    def _is_unauthenticated(self, response: requests.Response) -> bool:
        if super()._is_unauthenticated(response):
            return True
        answer = _decoded(response)
        codes = set(map(code_of, errors_of(answer)))
        if not codes & UNAUTHENTICATED:
            return False
        # With data, a mutation had an effect: it must not be repeated.
        data = answer.get("data")
        return not (isinstance(data, dict) and any(data.values()))

    def _cost_limit(self, build) -> CostLimit | None:
        if not _is_operation(build.json):
            return None
        self._reserved = known_limit(self._cost_backend(), _cost_key(build.json))
        return self._reserved

    def _build_response_exception(
        self, response: requests.Response
    ) -> Exception | None:
        answer, sent = _decoded(response), _sent(response)
        if sent is None:
            # A login, or another request that is not GraphQL.
            return super()._build_response_exception(response)
        cost = cost_of(response, answer)
        if cost:
            self._settle_cost(sent, cost)
        told = errors = errors_of(answer)
        if self._missing_is_null:
            codes = self._codes()
            errors = [err for err in told if not is_missing_record(err, codes)]
        is_well_formed = isinstance(answer, dict) and (
            "data" in answer or isinstance(answer.get("errors"), list)
        )
        if response.status_code >= 300 and not any(map(code_of, errors)):
            return self._status_exception(response, is_well_formed, cost)
        if not is_well_formed:
            return self._not_understood(response)
        if errors:
            return self._error_exception(response, errors, answer, cost)
        if not isinstance(answer.get("data"), dict) and not told:
            return self._not_understood(response)
        if cost and cost.wait and not cost.restore_rate:
            # The next query would be rejected.
            CircuitBreaker(self.backend_record).record(
                self._budget_used_up(response, cost)
            )
        return None

    def _status_exception(self, response, is_well_formed, cost) -> Exception | None:
        status = response.status_code
        is_throttled = status in (403, 429) and cost and cost.wait
        if is_throttled and retry_after(response) is None:
            return self._budget_used_up(response, cost)
        if status == 400 and is_well_formed:
            # An invalid document, not invalid values.
            text = self._parse_response_error(response)
            return exception_for(self.env, response, RemoteProtocolError, text)
        return self._translate(response)

    def _error_exception(self, response, errors, answer, cost) -> Exception:
        """Return the one exception for all errors of a response."""
        is_read = response.request.is_read
        kind, code = error_class(errors, answer, self._codes(), is_read)
        wait = retry_after(response)
        if issubclass(kind, RemoteBusy) and cost:
            if cost.is_too_much:
                kind = RemoteProtocolError
            wait = wait or cost.wait or None
        text = "; ".join(dict.fromkeys(map(reason_of, errors[:_MOST_REASONS])))
        return exception_for(self.env, response, kind, text, wait, code or None)

    def _codes(self) -> dict[str, type[Exception]]:
        return {**ERROR_CODES, **self._error_codes}

    # -- costs

    def _settle_cost(self, sent: dict, cost: Cost) -> None:
        """Remember the cost of a request, and what is left for others."""
        remember(self._cost_backend(), _cost_key(sent), cost)
        if not cost.restore_rate:
            return
        reserved = 0.0
        if self._reserved and not self.env.context.get("bypass_circuit_breaker"):
            reserved = self._reserved.interval
        self.env["connector.rate.limiter"]._correct(
            self.backend_record,
            "cost",
            cost.seconds_to_full,
            max(reserved - cost.actual / cost.restore_rate, 0),
        )

    def _cost_backend(self) -> tuple:
        backend = self.backend_record
        return self.env.cr.dbname, backend._name, backend.id

    def _budget_used_up(self, response, cost: Cost) -> Exception:
        text = self.env._(
            "%(left)d points are left, a query costs %(cost)d",
            left=cost.available,
            cost=cost.requested,
        )
        return exception_for(self.env, response, RemoteBusy, text, cost.wait)


def _decoded(response: requests.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _sent(response: requests.Response) -> dict | None:
    """Return the operation that a response answers, ``None`` if it was none."""
    body: Any = response.request.body
    try:
        sent = json.loads(body) if body else None
    except ValueError:
        return None
    return sent if _is_operation(sent) else None


def _is_operation(body: Any) -> bool:
    return isinstance(body, dict) and "query" in body and "variables" in body


def _cost_key(sent: dict) -> str:
    """Return what the cost of an operation depends on: document, page size, length of
    lists."""
    sizes = {
        name: value if isinstance(value, int) else len(value)
        for name, value in sent["variables"].items()
        if isinstance(value, int | list)
    }
    text = json.dumps([sent["query"], sizes], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
