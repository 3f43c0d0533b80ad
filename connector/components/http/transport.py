"""One request and its response: sent within limits, following redirects."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

import requests

from ...exceptions_http import RemoteProtocolError
from .errors.location import host_of, invalid_location_error
from .errors.network import network_exception
from .errors.status import retry_after
from .redaction import mask, redact_loggers
from .session import READS, RemoteRequest

if TYPE_CHECKING:
    from odoo.api import Environment

# The logger name that administrators configure.
_LOGGER = f"{__package__}.client"
_logger = logging.getLogger(_LOGGER)
redact_loggers(_LOGGER, "urllib3.connectionpool")

# Small, as a compressed chunk can be a thousand times as large when decompressed.
_CHUNK = 16 * 1024
_LONGEST_CHAIN = 5
_SCHEMES = ("http", "https")


class HttpTransport:
    """The network part of the REST adapter; see :class:`.HttpClient`."""

    def _send_following_redirects(
        self, build: RemoteRequest, auth
    ) -> requests.Response:
        """Send a request, following redirects to the same host."""
        response = self._send_once(build, auth)
        for _redirection in range(_LONGEST_CHAIN):
            place = self._redirect_target(response)
            if not place:
                break
            moved = RemoteRequest(
                build.method,
                place,
                json=build.json,
                data=build.data,
                headers=build.headers,
                is_read=build.is_read,
            )
            response = self._send_once(moved, auth)
        return response

    def _redirect_target(self, response: requests.Response) -> str | None:
        """Return the target of a redirect: same host, same method."""
        codes: tuple[int, ...] = (307, 308)
        if response.request.method in READS:
            codes = (301, 302, *codes)
        place = response.headers.get("Location")
        if response.status_code not in codes or not place or retry_after(response):
            return None
        place = urljoin(response.url, place)
        return place if origin_of(place) == origin_of(response.url) else None

    def _send_once(self, build: RemoteRequest, auth) -> requests.Response:
        session = self.session
        start = time.monotonic()
        with self._network_errors(build):
            request = session.http.prepare_request(build)
            request.is_read = build.is_read
            settings = session.http.merge_environment_settings(
                request.url, {}, True, self._verify(), None
            )
        # This may send a request itself.
        request.prepare_auth(auth)
        with self._network_errors(build, settings["proxies"]):
            response = session.http.send(request, allow_redirects=False, **settings)
            self._load(response)
        _logger.info(
            "%s %s: status=%s bytes=%d ms=%d",
            request.method,
            request.url,
            response.status_code,
            len(response.content),
            (time.monotonic() - start) * 1000,
        )
        return response

    @contextmanager
    def _network_errors(self, build: requests.Request, proxies: dict | None = None):
        try:
            yield
        # Several libraries raise ValueError for requests that cannot be sent.
        except (requests.RequestException, ValueError) as error:
            translated = network_exception(self.env, error, str(build.url), proxies)
            _logger.info("%s %s: error=%s", build.method, build.url, translated)
            # requests puts the whole URL in the message, including keys.
            hidden = mask(str(error)) != str(error)
            raise translated from (None if hidden else error)

    def _load(self, response: requests.Response) -> None:
        """Read the response, within the size limit."""
        if "," in response.headers.get("Content-Encoding", ""):
            # Each layer multiplies the decompressed size.
            response.close()
            raise RemoteProtocolError(
                self.env._(
                    "The response of %s is compressed more than once.",
                    host_of(response.url),
                )
            )
        content = bytearray()
        with response:
            for chunk in response.iter_content(_CHUNK):
                content += chunk
                if len(content) > self._max_response_bytes:
                    raise RemoteProtocolError(
                        self.env._(
                            "The response of %(host)s exceeds the limit of %(limit)s "
                            "bytes.",
                            host=host_of(response.url),
                            limit=self._max_response_bytes,
                        )
                    )
        response._content = bytes(content)


def resolve_url(env: Environment, location: str, path: str) -> str:
    """Return the URL of ``path`` relative to a location; ``path`` may be a complete
    URL.

    :raise RemoteRefused: the location is not a URL
    :raise RemoteProtocolError: the URL has another host
    """
    location = location.strip()
    base, origin = location.rstrip("/") + "/", origin_of(location)
    if not origin:
        raise invalid_location_error(env, location)
    if "://" not in path:
        path = path.lstrip("/")
    parts = urlsplit(urljoin(base, path))
    if parts.hostname != origin.hostname:
        # A link in a response must not make us send credentials to another host.
        raise RemoteProtocolError(
            env._(
                "%(host)s returned a link to another host: %(other)s.",
                host=host_of(base),
                other=host_of(parts.geturl()),
            )
        )
    # Behind a proxy, a server may not know its public scheme and port.
    return parts._replace(scheme=origin.scheme, netloc=origin.netloc).geturl()


def origin_of(url: str) -> SplitResult | None:
    """Return scheme, host and port of a URL, ``None`` if it has none."""
    try:
        parts = urlsplit(url)
        hostname, _port = parts.hostname, parts.port
        (hostname or "").encode("idna")
    except ValueError:
        return None
    if parts.scheme not in _SCHEMES or not hostname:
        return None
    return parts._replace(
        netloc=parts.netloc.rpartition("@")[2], path="", query="", fragment=""
    )
