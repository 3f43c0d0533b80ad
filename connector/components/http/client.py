"""Calls of a JSON API over HTTP.

Guarantees: every call has limits of time and size; connections are reused; each call
ends in a value or in one exception that says what to do (:mod:`.errors`); no password
or token is logged, or sent to another host.
"""

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
from .circuit_breaker import PERIODS, CircuitBreaker, RateLimit
from .deadline import deadline
from .errors.location import host_of
from .errors.status import retry_after
from .former_hooks import FormerHooks
from .idempotency import IdempotencyKey
from .redaction import mask, register_login
from .session import RemoteSession, fingerprint_of, session_for
from .tokens import LoginRecentlyRefused, Tokens
from .transport import READS, HttpTransport


class HttpClient(FormerHooks, HttpTransport):
    """The part of the REST adapter that knows HTTP and nothing of records."""

    #: Seconds to connect, seconds between two bytes.
    _timeout = (5, 30)
    #: Seconds for a whole call: slow drops must not hold a worker for ever.
    _max_response_seconds = 300
    #: Larger answers are refused, in bytes.
    _max_response_bytes = 10 * 1024 * 1024
    #: Calls a second that all nodes together may make, none: no limit. A limit on the
    #: backend goes before.
    _calls_per_second: float | None = None
    #: Other tokens to try before a call is refused for good.
    _max_auth_renewals = 3
    #: Errors of statuses that mean something else here, see
    #: ``errors.status.STATUS_ERRORS``.
    _status_errors: dict[int, type[Exception]] = {}
    #: Statuses after which a call is tried again later.
    _retry_statuses: frozenset[int] = frozenset()
    _idempotency_header = "Idempotency-Key"
    #: Whether the same key gets the same answer again, so that a write may be repeated
    #: when its answer got lost.
    _idempotent_writes = False
    # Which of equal calls the one at hand is.
    _call_key: IdempotencyKey

    def call(self, method: str, path: str, **kwargs) -> Any:
        """Call, and return what was answered: see :meth:`send`."""
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
    ) -> requests.Response:
        """Make one call; the only way out to the network.

        :param path: below the backend's location
        :param auth: instead of the backend's own
        :return: an answer whose content is loaded
        :raise RemoteUnavailable: try later; ``RemoteBusy``: at the time it says
        :raise RemoteRefused: ask a person; ``IDMissingInBackend``: it is gone
        :raise RemoteProtocolError: never
        """
        url = self._build_request_url(path)
        key = self._idempotency_key(method, path, params, json, data)
        self._call_key = key
        headers = {**self._build_request_headers(method, path, json), **(headers or {})}
        build = requests.Request(
            method, url, params=params, json=json, data=data, headers=headers
        )
        auth = auth or self._build_request_auth()
        caller = self.env.context.get("job_uuid") or f"{method} {path}"
        calls_left = 3
        while True:
            calls_left -= 1
            breaker = CircuitBreaker(self.backend_record, self._rate_limit(), caller)
            try:
                with breaker, deadline(self._max_response_seconds):
                    response = self._answer(build, auth)
            except RemoteBusy as error:
                if not (calls_left and breaker.is_worth_waiting(error)):
                    raise
            else:
                key.complete()
                return response

    def _answer(self, build: requests.Request, auth) -> requests.Response:
        response = self._send_following_redirects(build, auth)
        # The auth objects of requests itself have no such method.
        renew = getattr(auth, "renew", lambda request: False)
        for _renewal in range(self._max_auth_renewals):
            if response.status_code != 401 or retry_after(response):
                break
            # Tokens end early; a refused call did nothing, so it can be sent again.
            if not renew(response.request):
                break
            response = self._send_following_redirects(build, auth)
        error = self._build_response_exception(response)
        if error:
            raise error
        return response

    def _idempotency_key(self, method, path, params, json, data) -> IdempotencyKey:
        """Return what tells this call from the others of the job."""
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
        """Return user name and password; whoever runs the job need not see them.

        Those of the backend, else what stands in its location.
        """
        backend = self.backend_record.sudo()
        place = urlsplit(self._location())
        username = backend.username or unquote(place.username or "")
        password = backend.password or unquote(place.password or "")
        register_login(username, password)
        return username, password

    def _rate_limit(self) -> RateLimit | None:
        """Return how often all nodes together may call, ``None``: without a limit."""
        backend = self.backend_record.sudo()
        if getattr(backend, "rate_calls", 0):
            return RateLimit(backend.rate_calls, PERIODS[backend.rate_period])
        if self._calls_per_second:
            return RateLimit(1, 1 / self._calls_per_second)
        return None

    def _verify(self) -> bool | str:
        """Whether to check certificates, or the path of the authorities to trust."""
        return True

    def _build_request_auth(self) -> requests.auth.AuthBase:
        """Return one of the objects of :mod:`.auth`."""
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
        """Return the headers of a request, its idempotency key among them."""
        return self._headers(method, path, body)

    def _parse_response_content(self, response: requests.Response) -> Any:
        """Return the decoded content, ``None`` where there is none.

        :raise RemoteProtocolError: it cannot be decoded
        """
        return self._parse(response)

    def _parse_response_error(self, response: requests.Response) -> str:
        """Return the error message of a response, ``""`` if it has none."""
        return self._reason(response)

    def _build_response_exception(
        self, response: requests.Response
    ) -> Exception | None:
        """Return the exception a response stands for, ``None`` if it succeeded."""
        return self._translate(response)

    def _not_understood(self, response: requests.Response) -> RemoteProtocolError:
        return RemoteProtocolError(
            self.env._(
                "The answer of %(host)s is not what was expected: %(start)s…",
                host=host_of(response.url),
                start=mask(response.text[:80]),
            )
        )

    # -- login

    def _login_once(self, login):
        """Wrap ``login``: credentials just refused are not tried again for a minute.

        Whatever the server refuses it with is an error of the login, then.
        """

        def guarded(*args):
            refused = self.session.tokens.refusal
            # A person who tests the connection may have changed it over there.
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
                    self.env._("The login was refused. %s", error)
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
