"""A backend adapter for systems that speak JSON over HTTP.

Guarantees: every call has a time-out and a size limit; connections are reused; each
call ends in a value or in one exception that says what to do (:mod:`.outcome`); no
password or token is logged.

A connector sets ``_path`` and, where its system differs, overrides one of the small
hooks: ``_auth``, ``_headers``, ``_request``, ``_parse``, ``_reason``, ``_translate``.
"""

import hashlib
import json
import logging
import time
from collections import deque
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import requests

from odoo.addons.component.core import AbstractComponent

from ...exceptions_http import (
    RemoteAccessDenied,
    RemoteProtocolError,
)
from .auth import LoginAuth, NoAuth
from .gate import PERIODS, Gate, Rate
from .masking import mask, protect, remember_secret
from .outcome import failure, host_of, refusal
from .paging import Page, PagePaging, Paging, Position
from .session import RemoteSession, session_for

_logger = logging.getLogger(__name__)
protect(__name__, "urllib3.connectionpool")

_READS = {"GET", "HEAD", "OPTIONS"}
_CHUNK = 64 * 1024


class RestAdapter(AbstractComponent):
    """Calls one collection of records of a JSON API, like ``/api/products``."""

    _name = "base.rest.adapter"
    _inherit = "base.backend.adapter.crud"

    #: Where the records are, below the backend's location.
    _path: str = ""
    #: Key of a record's id in what the other side answers.
    _id_key = "id"
    #: Seconds to connect, seconds between two bytes.
    _timeout = (5, 30)
    #: Seconds for a whole answer: slow drops must not hold a worker for ever.
    _longest_answer = 300
    #: Larger answers are refused, in bytes.
    _largest_answer = 10 * 1024 * 1024
    #: Calls a second that all nodes together may make, none: no limit. A limit on the
    #: backend goes before.
    _calls_per_second: float | None = None
    _paging: Paging = PagePaging()
    #: Other tokens to try before a call is refused for good.
    _token_renewals = 3
    _idempotency_header = "Idempotency-Key"
    #: Whether the other side gives the same answer again for the same key, so that a
    #: write may be repeated when its answer got lost.
    _idempotent_writes = False
    #: Key for the next create, set by the exporter that keeps it for further tries.
    idempotency_key: str | None = None

    # -- records

    def read_page(
        self, filters: dict | None = None, position: Position | None = None
    ) -> Page:
        """Return one page of records, the first one without ``position``.

        :param filters: query parameters
        """
        position = self._paging.first() if position is None else position
        if "url" in position:
            response = self.send("GET", position["url"])
        else:
            response = self.send(
                "GET", self._path, params={**(filters or {}), **position}
            )
        try:
            return self._paging.page(response, position)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise self._not_understood(response) from error

    def search_read(self, filters: dict | None = None) -> Iterator[dict]:
        """Yield all records, one page in memory at a time."""
        positions: deque[Position | None] = deque([None])
        while positions:
            records, following = self.read_page(filters, positions.popleft())
            positions.extend(following)
            yield from records

    def search(self, filters: dict | None = None) -> Iterator[Any]:
        """Yield the ids of all records."""
        return (record[self._id_key] for record in self.search_read(filters))

    def read(self, external_id: Any) -> dict:
        return self.call("GET", self._record_path(external_id))

    def create(self, data: dict) -> Any:
        """Create a record over there, return its id.

        Where a repeated call is answered with what an earlier try created, from older
        values, the newer values are written too.
        """
        key = self.idempotency_key
        headers = {self._idempotency_header: key} if key else None
        answer = self.call("POST", self._path, json=data, headers=headers)
        external_id = answer[self._id_key]
        if any(key in answer and answer[key] != value for key, value in data.items()):
            self.write(external_id, data)
        return external_id

    def write(self, external_id: Any, data: dict) -> Any:
        return self.call("PATCH", self._record_path(external_id), json=data)

    def delete(self, external_id: Any) -> Any:
        return self.call("DELETE", self._record_path(external_id))

    def _record_path(self, external_id: Any) -> str:
        return f"{self._path}/{quote(str(external_id), safe='')}"

    # -- calls

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
        with Gate(self.backend_record, self._rate(), caller):
            return self._answer(build, auth)

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
