"""Requests of a JSON API over HTTP.

Guarantees: each request is limited in time and size; connections are reused; each
request results in a value or in one exception that decides how to proceed
(:mod:`.errors`); no password or token is logged, or sent to another host.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

import requests

from ...exception import IDMissingInBackend
from ...exceptions_http import (
    RemoteAccessDenied,
    RemoteBusy,
    RemoteInvalidData,
    RemoteProtocolError,
    RemoteRefused,
)
from .auth import LoginAuth, TokenLogin
from .circuit_breaker import PERIODS, CircuitBreaker, CostLimit, RateLimit
from .deadline import deadline
from .errors.location import host_of
from .errors.status import retry_after
from .former_hooks import FormerHooks
from .idempotency import IdempotencyKey
from .redaction import mask, register_login
from .session import (
    READS,
    RemoteRequest,
    RemoteSession,
    fingerprint_of,
    session_for,
)
from .tokens import LoginRecentlyRefused, Tokens
from .transport import HttpTransport


class HttpClient(FormerHooks, HttpTransport):
    """The HTTP part of the REST adapter, independent of records."""

    #: Timeouts in seconds: to connect, between two bytes.
    _timeout = (5, 30)
    #: Timeout of a whole request, in seconds: slow responses must not block a worker.
    _max_response_seconds = 300
    #: Maximum size of a response, in bytes.
    _max_response_bytes = 10 * 1024 * 1024
    #: Rate limit in requests per second, for all servers together; ``None``: unlimited.
    #: A limit set on the backend takes precedence.
    _calls_per_second: float | None = None
    #: Number of other tokens to try before a request is finally rejected.
    _max_auth_renewals = 3
    #: Errors of statuses with another meaning in this API, see
    #: ``errors.status.STATUS_ERRORS``.
    _status_errors: dict[int, type[Exception]] = {}
    #: Statuses after which a request is retried later.
    _retry_statuses: frozenset[int] = frozenset()
    #: How to log in, for APIs that return a token for user name and password.
    _token_login: TokenLogin | None = None
    _idempotency_header = "Idempotency-Key"
    #: Whether the same key returns the same response, so that a write can be repeated
    #: when its response was lost.
    _idempotent_writes = False
    # The occurrence of the current request among equal ones.
    _call_key: IdempotencyKey

    def call(self, method: str, path: str, **kwargs: Any) -> Any:
        """Send a request and return the decoded response: see :meth:`send`."""
        return self._parse_response_content(self.send(method, path, **kwargs))

    def send(
        self,
        method: str,
        path: str,
        *,
        params: dict | None = None,
        json: Any = None,
        data: Any = None,
        headers: dict | None = None,
        auth: requests.auth.AuthBase | None = None,
        is_read: bool | None = None,
    ) -> requests.Response:
        """Send one request; the only access to the network.

        :param path: relative to the location of the backend
        :param auth: used instead of that of the backend
        :param is_read: whether the request changes nothing: it gets no idempotency key,
            and can be repeated; by default, according to the method
        :return: a response whose content is loaded
        :raise RemoteUnavailable: retry later; ``RemoteBusy``: at the given time
        :raise RemoteRefused: someone has to act; ``IDMissingInBackend``: the record
            does not exist
        :raise RemoteProtocolError: unexpected response, do not retry
        """
        url = self._build_request_url(path)
        if is_read is None:
            is_read = method in READS
        key = self._idempotency_key(
            "GET" if is_read else method, path, params, json, data
        )
        self._call_key = key
        headers = {**self._build_request_headers(method, path, json), **(headers or {})}
        build = RemoteRequest(
            method,
            url,
            params=params,
            json=json,
            data=data,
            headers=headers,
            is_read=is_read,
        )
        auth = auth or self._build_request_auth()
        caller = self.env.context.get("job_uuid") or f"{method} {path}"
        calls_left = 3
        while True:
            calls_left -= 1
            breaker = CircuitBreaker(
                self.backend_record, self._rate_limit(), caller, self._cost_limit(build)
            )
            try:
                with breaker, deadline(self._max_response_seconds):
                    response = self._answer(build, auth)
            except RemoteBusy as error:
                if not (calls_left and breaker.is_worth_waiting(error)):
                    raise
            else:
                key.complete()
                return response

    def _answer(self, build: RemoteRequest, auth) -> requests.Response:
        response = self._send_following_redirects(build, auth)
        # The auth objects of requests itself have no such method.
        renew = getattr(auth, "renew", lambda request: False)
        for _renewal in range(self._max_auth_renewals):
            if not self._is_unauthenticated(response) or retry_after(response):
                break
            # Tokens may expire early; a rejected request had no effect, so it can be
            # repeated.
            if not renew(response.request):
                break
            response = self._send_following_redirects(build, auth)
        error = self._build_response_exception(response)
        if error:
            error.response = response
            raise error
        return response

    def _idempotency_key(self, method, path, params, json, data) -> IdempotencyKey:
        """Return the key that identifies this request within the job."""
        job_uuid = self.env.context.get("job_uuid")
        if method in READS or not job_uuid:
            return IdempotencyKey(self.env.cr, None)
        return IdempotencyKey(self.env.cr, job_uuid, method, path, params, json, data)

    # -- hooks

    @property
    def session(self) -> RemoteSession:
        """The HTTP session of this backend in this process."""
        backend = self.backend_record
        database = self.env.cr.dbname
        settings = (self._location(), *self._credentials())
        return session_for(
            (database, backend._name, backend.id),
            settings,
            lambda: RemoteSession(
                self._timeout,
                self._idempotency_header if self._idempotent_writes else None,
                Tokens(database, (backend._name, backend.id), fingerprint_of(settings)),
            ),
        )

    def _location(self) -> str:
        return self.backend_record.location or ""

    def _credentials(self) -> tuple[str, str]:
        """Return user name and password; the user of the job may not have access to
        them.

        Those of the backend, otherwise those in its location.
        """
        backend = self.backend_record.sudo()
        place = urlsplit(self._location())
        username = backend.username or unquote(place.username or "")
        password = backend.password or unquote(place.password or "")
        register_login(username, password)
        return username, password

    def _rate_limit(self) -> RateLimit | None:
        """Return the rate limit for all servers together, ``None``: unlimited."""
        backend = self.backend_record.sudo()
        if getattr(backend, "rate_calls", 0):
            return RateLimit(backend.rate_calls, PERIODS[backend.rate_period])
        if self._calls_per_second:
            return RateLimit(1, 1 / self._calls_per_second)
        return None

    def _cost_limit(self, build: RemoteRequest) -> CostLimit | None:
        """Return the known cost of a request and the budget that it is paid from.

        ``None``: the API has no such limit, or nothing is known yet.
        """
        return None

    def _is_unauthenticated(self, response: requests.Response) -> bool:
        """Whether a response says that the token has expired."""
        return response.status_code == 401

    def _verify(self) -> bool | str:
        """Whether to verify certificates, or the path of a CA bundle."""
        return True

    def _build_request_auth(self) -> requests.auth.AuthBase:
        """Return one of the objects of :mod:`.auth`; by default ``_token_login``."""
        if self._token_login:
            login = self._token_login.fetch
            return LoginAuth(self.session, self._login_once(lambda: login(self)))
        return self._auth()

    def _build_request_url(self, path: str) -> str:
        """Return the URL of ``path``, which may be a link from a response.

        :raise RemoteRefused: the location of the backend is not a URL
        :raise RemoteProtocolError: a link leads to another host
        """
        return self._url(path)

    def _build_request_headers(
        self, method: str, path: str, body: Any
    ) -> dict[str, str]:
        """Return the headers of a request, its idempotency key included."""
        return self._headers(method, path, body)

    def _parse_response_content(self, response: requests.Response) -> Any:
        """Return the decoded content, ``None`` if there is none.

        :raise RemoteProtocolError: it cannot be decoded
        """
        return self._parse(response)

    def _parse_response_error(self, response: requests.Response) -> str:
        """Return the error message of a response, ``""`` if it has none."""
        return self._reason(response)

    def _build_response_exception(
        self, response: requests.Response
    ) -> Exception | None:
        """Return the exception for a response, ``None`` if the request succeeded."""
        return self._translate(response)

    def _not_understood(self, response: requests.Response) -> RemoteProtocolError:
        return RemoteProtocolError(
            self.env._(
                "Unexpected response of %(host)s: %(start)s…",
                host=host_of(response.url),
                start=mask(response.text[:80]),
            )
        )

    # -- login

    def _login_once(self, login):
        """Wrap ``login``: credentials just rejected are not tried again for a minute.

        Any rejection by the server is then a login error.
        """

        def guarded(*args: Any) -> Any:
            refused = self.session.tokens.refusal
            # A user testing the connection may have corrected the account.
            if refused and not self.env.context.get("bypass_circuit_breaker"):
                raise LoginRecentlyRefused(refused)
            try:
                return login(*args)
            except RemoteAccessDenied:
                raise
            except (
                RemoteRefused,
                RemoteInvalidData,
                RemoteProtocolError,
                IDMissingInBackend,
            ) as error:
                raise RemoteAccessDenied(
                    self.env._("The login was rejected: %s", error)
                ) from error
            except (KeyError, TypeError, AttributeError) as error:
                raise RemoteAccessDenied(
                    self.env._(
                        "The login response of %(host)s contains no token (%(why)s).",
                        host=host_of(self._location()),
                        why=repr(error),
                    )
                ) from error

        return guarded
