"""Requests of a JSON API over HTTP.

Guarantees: each request is limited in time and size; connections are reused; each
request results in a value or in one exception that decides how to proceed
(:mod:`.outcome`); no password or token is logged, or sent to another host.
"""

from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import requests

from ...exception import IDMissingInBackend
from ...exceptions_http import (
    RemoteAccessDenied,
    RemoteBusy,
    RemoteCallFailed,
    RemoteInvalidData,
    RemoteProtocolError,
    RemoteRefused,
)
from .auth import NoAuth
from .deadline import deadline
from .exchange import READS, Exchanges, origin_of
from .gate import PERIODS, Gate, Rate
from .idempotency import Numbering
from .masking import mask, remember_login
from .outcome import (
    STATUS_ERRORS,
    host_of,
    refusal,
    retry_after,
    wrong_location,
)
from .reasons import reason_of
from .session import RemoteSession, fingerprint_of, session_for
from .tokens import RefusedBefore, Tokens


class RestCalls(Exchanges):
    """The HTTP part of the REST adapter, independent of records."""

    #: Timeouts in seconds: to connect, between two bytes.
    _timeout = (5, 30)
    #: Timeout of a whole request, in seconds: slow responses must not block a worker.
    _longest_answer = 300
    #: Maximum size of a response, in bytes.
    _largest_answer = 10 * 1024 * 1024
    #: Rate limit in requests per second, for all servers together; ``None``: unlimited.
    #: A limit set on the backend takes precedence.
    _calls_per_second: float | None = None
    #: Number of other tokens to try before a request is finally rejected.
    _token_renewals = 3
    #: Errors of statuses with another meaning in this API, see
    #: ``outcome.STATUS_ERRORS``.
    _status_errors: dict[int, type[Exception]] = {}
    #: Statuses after which a request is retried later.
    _retry_statuses: frozenset[int] = frozenset()
    _idempotency_header = "Idempotency-Key"
    #: Whether the same key returns the same response, so that a write can be repeated
    #: when its response was lost.
    _idempotent_writes = False
    # The occurrence of the current request among equal ones.
    _number: Numbering

    def call(self, method: str, path: str, **kwargs) -> Any:
        """Send a request and return the decoded response: see :meth:`send`."""
        return self._parse(self.send(method, path, **kwargs))

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
        """Send one request; the only access to the network.

        :param path: relative to the location of the backend
        :param auth: used instead of that of the backend
        :return: a response whose content is loaded
        :raise RemoteUnavailable: retry later; ``RemoteBusy``: at the given time
        :raise RemoteRefused: someone has to act; ``IDMissingInBackend``: the record
            does not exist
        :raise RemoteProtocolError: unexpected response, do not retry
        """
        url = self._url(path)
        number = self._numbering(method, path, params, json, data)
        self._number = number
        headers = {**self._headers(method, path, json), **(headers or {})}
        build = requests.Request(
            method, url, params=params, json=json, data=data, headers=headers
        )
        auth = auth or self._auth()
        caller = self.env.context.get("job_uuid") or f"{method} {path}"
        calls_left = 3
        while True:
            calls_left -= 1
            gate = Gate(self.backend_record, self._rate(), caller)
            try:
                with gate, deadline(self._longest_answer):
                    response = self._answer(build, auth)
            except RemoteBusy as error:
                if not (calls_left and gate.is_worth_waiting(error)):
                    raise
            else:
                number.answered()
                return response

    def _answer(self, build: requests.Request, auth) -> requests.Response:
        response = self._exchange(build, auth)
        renew = getattr(auth, "renew", None)
        for _renewal in range(self._token_renewals if renew else 0):
            if response.status_code != 401 or retry_after(response):
                break
            # Tokens may expire early; a rejected request had no effect, so it can be
            # repeated.
            if not renew(response.request):
                break
            response = self._exchange(build, auth)
        error = self._translate(response)
        if error:
            raise error
        return response

    def _numbering(self, method, path, params, json, data) -> Numbering:
        """Return the key that identifies this request within the job."""
        job_uuid = self.env.context.get("job_uuid")
        if method in READS or not job_uuid:
            return Numbering(self.env.cr, None)
        return Numbering(self.env.cr, job_uuid, method, path, params, json, data)

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
        remember_login(username, password)
        return username, password

    def _rate(self) -> Rate | None:
        """Return the rate limit for all servers together, ``None``: unlimited."""
        backend = self.backend_record.sudo()
        if getattr(backend, "rate_calls", 0):
            return Rate(backend.rate_calls, PERIODS[backend.rate_period])
        if self._calls_per_second:
            return Rate(1, 1 / self._calls_per_second)
        return None

    def _verify(self) -> bool | str:
        """Whether to verify certificates, or the path of a CA bundle."""
        return True

    def _auth(self) -> requests.auth.AuthBase:
        """Return one of the objects of :mod:`.auth`."""
        return NoAuth()

    def _url(self, path: str) -> str:
        """Return the URL of ``path``, which may be a link of a response.

        :raise RemoteRefused: the location is not a URL
        :raise RemoteProtocolError: a link leads to another host
        """
        location = self._location().strip()
        base, origin = location.rstrip("/") + "/", origin_of(location)
        if not origin:
            raise wrong_location(self.env, location)
        if "://" not in path:
            path = path.lstrip("/")
        parts = urlsplit(urljoin(base, path))
        if parts.hostname != origin.hostname:
            # A link in a response must not make us send credentials to another host.
            raise RemoteProtocolError(
                self.env._(
                    "%(host)s returned a link to another host: %(other)s.",
                    host=host_of(base),
                    other=host_of(parts.geturl()),
                )
            )
        # Behind a proxy, a server may not know its public scheme and port.
        return parts._replace(scheme=origin.scheme, netloc=origin.netloc).geturl()

    def _headers(self, method: str, path: str, body: Any) -> dict[str, str]:
        """Return the headers of the current request, its idempotency key included."""
        key = self._number.header(self._idempotency_header)
        return {"Accept": "application/json", **key}

    def _parse(self, response: requests.Response) -> Any:
        """Return the decoded response, ``None`` if it has no content.

        :raise RemoteProtocolError: it cannot be decoded
        """
        if not response.content.strip():
            return None
        try:
            return response.json()
        except ValueError as error:
            raise self._not_understood(response) from error

    def _reason(self, response: requests.Response) -> str:
        """Return the error message of a response, ``""`` if none."""
        return reason_of(response)

    def _translate(self, response: requests.Response) -> Exception | None:
        """Return the exception for a response, ``None`` if the request succeeded."""
        later = dict.fromkeys(self._retry_statuses, RemoteCallFailed)
        errors = {**STATUS_ERRORS, **later, **self._status_errors}
        return refusal(self.env, response, self._reason(response), errors)

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

        def guarded(*args):
            refused = self.session.tokens.refusal
            # A user testing the connection may have corrected the account.
            if refused and not self.env.context.get("connector_try_anyway"):
                raise RefusedBefore(refused)
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
