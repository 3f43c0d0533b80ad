"""Calls of a JSON API over HTTP.

Guarantees: every call has a time-out and a size limit; connections are reused; each
call ends in a value or in one exception that says what to do (:mod:`.outcome`); no
password or token is logged.
"""

import hashlib
import json
import logging
import time
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from ...exceptions_http import (
    RemoteAccessDenied,
    RemoteBusy,
    RemoteProtocolError,
)
from .auth import LoginAuth, NoAuth
from .gate import PERIODS, Gate, Rate
from .masking import mask, protect, remember_secret
from .outcome import failure, host_of, refusal
from .session import RemoteSession, session_for

_logger = logging.getLogger(__name__)
protect(__name__, "urllib3.connectionpool")

_READS = {"GET", "HEAD", "OPTIONS"}
_CHUNK = 64 * 1024


class RestCalls:
    """The part of the REST adapter that knows HTTP and nothing of records."""

    #: Seconds to connect, seconds between two bytes.
    _timeout = (5, 30)
    #: Seconds for a whole answer: slow drops must not hold a worker for ever.
    _longest_answer = 300
    #: Larger answers are refused, in bytes.
    _largest_answer = 10 * 1024 * 1024
    #: Calls a second that all nodes together may make, none: no limit. A limit on the
    #: backend goes before.
    _calls_per_second: float | None = None
    #: Other tokens to try before a call is refused for good.
    _token_renewals = 3
    _idempotency_header = "Idempotency-Key"
    #: Whether the other side gives the same answer again for the same key, so that a
    #: write may be repeated when its answer got lost.
    _idempotent_writes = False

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
                with gate:
                    return self._answer(build, auth)
            except RemoteBusy as error:
                if not (calls_left and gate.is_worth_waiting(error)):
                    raise

    def _answer(self, build: requests.Request, auth) -> requests.Response:
        response = self._exchange(build, auth)
        for _renewal in range(
            self._token_renewals if isinstance(auth, LoginAuth) else 0
        ):
            if response.status_code != 401:
                break
            # Tokens end early; a refused call did nothing, so it can be sent again.
            auth.forget(response.request)
            response = self._exchange(build, auth)
        error = self._translate(response)
        if error:
            raise error
        return response

    def _exchange(self, build: requests.Request, auth) -> requests.Response:
        session = self.session
        start = time.monotonic()
        try:
            request = session.http.prepare_request(build)
            request.prepare_auth(auth)
            settings = session.http.merge_environment_settings(
                request.url, {}, True, self._verify(), None
            )
            response = session.http.send(request, allow_redirects=False, **settings)
            self._load(response)
        except requests.RequestException as error:
            translated = failure(self.env, error, build.url)
            _logger.info("%s %s: %s", build.method, build.url, translated)
            # requests puts the whole address in its text, keys in it included.
            hidden = mask(str(error)) != str(error)
            raise translated from (None if hidden else error)
        _logger.info(
            "%s %s: %s, %d bytes in %d ms",
            request.method,
            request.url,
            response.status_code,
            len(response.content),
            (time.monotonic() - start) * 1000,
        )
        return response

    def _load(self, response: requests.Response) -> None:
        """Read the answer, within the limits of size and time."""
        deadline = time.monotonic() + self._longest_answer
        content = bytearray()
        with response:
            for chunk in response.iter_content(_CHUNK):
                content += chunk
                if len(content) > self._largest_answer:
                    raise RemoteProtocolError(
                        self.env._(
                            "The answer of %(host)s is larger than the limit of "
                            "%(limit)s bytes.",
                            host=host_of(response.url),
                            limit=self._largest_answer,
                        )
                    )
                if time.monotonic() > deadline:
                    raise requests.exceptions.ReadTimeout()
        response._content = bytes(content)

    # -- hooks

    @property
    def session(self) -> RemoteSession:
        """The HTTP session of this backend in this process."""
        backend = self.backend_record
        return session_for(
            (self.env.cr.dbname, backend._name, backend.id),
            (self._location(), *self._credentials()),
            lambda: RemoteSession(
                self._timeout,
                self._idempotency_header if self._idempotent_writes else None,
            ),
        )

    def _location(self) -> str:
        return self.backend_record.location or ""

    def _credentials(self) -> tuple[str, str]:
        """Return user name and password; whoever runs the job need not see them."""
        backend = self.backend_record.sudo()
        remember_secret(backend.password)
        return backend.username or "", backend.password or ""

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
        base = self._location().rstrip("/") + "/"
        url = urljoin(base, path if "://" in path else path.lstrip("/"))
        if urlsplit(url)[:2] != urlsplit(base)[:2]:
            # A link in an answer must not make us send credentials elsewhere.
            raise RemoteProtocolError(
                self.env._(
                    "%(host)s points to another host: %(other)s.",
                    host=host_of(base),
                    other=host_of(url),
                )
            )
        return url

    def _headers(self, method: str, path: str, body: Any) -> dict[str, str]:
        headers = {"Accept": "application/json"}
        job_uuid = self.env.context.get("job_uuid")
        if job_uuid and method not in _READS:
            # The same in every try of the job, another one for each write in it.
            text = f"{method} {path} {json.dumps(body, sort_keys=True)}"
            what = hashlib.sha256(text.encode()).hexdigest()[:16]
            headers[self._idempotency_header] = f"{job_uuid}-{what}"
        return headers

    def _parse(self, response: requests.Response) -> Any:
        if not response.content:
            return None
        try:
            return response.json()
        except ValueError as error:
            raise self._not_understood(response) from error

    def _reason(self, response: requests.Response) -> str:
        """Return what the other side says about an error."""
        try:
            answer = response.json()
        except ValueError:
            return ""
        while isinstance(answer, dict):
            answer = next(
                (
                    answer[key]
                    for key in ("error", "message", "detail", "title")
                    if answer.get(key)
                ),
                "",
            )
        return str(answer)

    def _translate(self, response: requests.Response) -> Exception | None:
        """Return the exception an answer means, ``None`` if the call succeeded."""
        return refusal(self.env, response, self._reason(response))

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
        """Wrap ``login``: credentials just refused are not tried again for a minute."""

        def guarded():
            session = self.session
            # A person who tests the connection may have changed it over there.
            if session.refusal and not self.env.context.get("connector_try_anyway"):
                raise RemoteAccessDenied(session.refusal)
            try:
                return login()
            except RemoteAccessDenied as error:
                session.refuse(str(error))
                raise

        return guarded
