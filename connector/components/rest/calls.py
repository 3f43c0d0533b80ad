"""Calls of a JSON API over HTTP.

Guarantees: every call has limits of time and size; connections are reused; each call
ends in a value or in one exception that says what to do (:mod:`.outcome`); no password
or token is logged, or sent to another host.
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
    """The part of the REST adapter that knows HTTP and nothing of records."""

    #: Seconds to connect, seconds between two bytes.
    _timeout = (5, 30)
    #: Seconds for a whole call: slow drops must not hold a worker for ever.
    _longest_answer = 300
    #: Larger answers are refused, in bytes.
    _largest_answer = 10 * 1024 * 1024
    #: Calls a second that all nodes together may make, none: no limit. A limit on the
    #: backend goes before.
    _calls_per_second: float | None = None
    #: Other tokens to try before a call is refused for good.
    _token_renewals = 3
    #: Errors of statuses that mean something else here, see ``outcome.STATUS_ERRORS``.
    _status_errors: dict[int, type[Exception]] = {}
    #: Statuses after which a call is tried again later.
    _retry_statuses: frozenset[int] = frozenset()
    _idempotency_header = "Idempotency-Key"
    #: Whether the same key gets the same answer again, so that a write may be repeated
    #: when its answer got lost.
    _idempotent_writes = False
    # Which of equal calls the one at hand is.
    _number: Numbering

    def call(self, method: str, path: str, **kwargs) -> Any:
        """Call, and return what was answered: see :meth:`send`."""
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
        """Make one call; the only way out to the network.

        :param path: below the backend's location
        :param auth: instead of the backend's own
        :return: an answer whose content is loaded
        :raise RemoteUnavailable: try later; ``RemoteBusy``: at the time it says
        :raise RemoteRefused: ask a person; ``IDMissingInBackend``: it is gone
        :raise RemoteProtocolError: never
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
            # Tokens end early; a refused call did nothing, so it can be sent again.
            if not renew(response.request):
                break
            response = self._exchange(build, auth)
        error = self._translate(response)
        if error:
            raise error
        return response

    def _numbering(self, method, path, params, json, data) -> Numbering:
        """Return what tells this call from the others of the job."""
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
        """Return user name and password; whoever runs the job need not see them.

        Those of the backend, else what stands in its location.
        """
        backend = self.backend_record.sudo()
        place = urlsplit(self._location())
        username = backend.username or unquote(place.username or "")
        password = backend.password or unquote(place.password or "")
        remember_login(username, password)
        return username, password

    def _rate(self) -> Rate | None:
        """Return how often all nodes together may call, ``None``: without a limit."""
        backend = self.backend_record.sudo()
        if getattr(backend, "rate_calls", 0):
            return Rate(backend.rate_calls, PERIODS[backend.rate_period])
        if self._calls_per_second:
            return Rate(1, 1 / self._calls_per_second)
        return None

    def _verify(self) -> bool | str:
        """Whether to check certificates, or the path of the authorities to trust."""
        return True

    def _auth(self) -> requests.auth.AuthBase:
        """Return one of the objects of :mod:`.auth`."""
        return NoAuth()

    def _url(self, path: str) -> str:
        """Return the address of ``path``, which may be a link of an answer.

        :raise RemoteRefused: the location is none
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
            # A link in an answer must not make us send credentials elsewhere.
            raise RemoteProtocolError(
                self.env._(
                    "%(host)s returned a link to another host: %(other)s.",
                    host=host_of(base),
                    other=host_of(parts.geturl()),
                )
            )
        # Behind a proxy, a server does not know by which scheme and port it is called.
        return parts._replace(scheme=origin.scheme, netloc=origin.netloc).geturl()

    def _headers(self, method: str, path: str, body: Any) -> dict[str, str]:
        """Return the headers of the call at hand, its idempotency key among them."""
        key = self._number.header(self._idempotency_header)
        return {"Accept": "application/json", **key}

    def _parse(self, response: requests.Response) -> Any:
        """Return the decoded answer, ``None`` where it has no content.

        :raise RemoteProtocolError: it cannot be decoded
        """
        if not response.content.strip():
            return None
        try:
            return response.json()
        except ValueError as error:
            raise self._not_understood(response) from error

    def _reason(self, response: requests.Response) -> str:
        """Return what an answer says about an error, ``""`` if nothing."""
        return reason_of(response)

    def _translate(self, response: requests.Response) -> Exception | None:
        """Return the exception an answer means, ``None`` if the call succeeded."""
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
        """Wrap ``login``: credentials just refused are not tried again for a minute.

        Whatever the server refuses it with is an error of the login, then.
        """

        def guarded(*args):
            refused = self.session.tokens.refusal
            # A person who tests the connection may have changed it over there.
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
