"""One request and its answer: sent within limits, followed where the host has moved."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from urllib.parse import SplitResult, urljoin, urlsplit

import requests

from ...exceptions_http import RemoteProtocolError
from .masking import mask, protect
from .outcome import failure, host_of, retry_after

# The name that log handlers of administrators know.
_LOGGER = f"{__package__}.calls"
_logger = logging.getLogger(_LOGGER)
protect(_LOGGER, "urllib3.connectionpool")

READS = {"GET", "HEAD", "OPTIONS"}
# Small, as a piece that arrived compressed is a thousand times as large.
_CHUNK = 16 * 1024
_LONGEST_CHAIN = 5
_SCHEMES = ("http", "https")


class Exchanges:
    """The part of the REST adapter that knows the network; see :class:`.RestCalls`."""

    def _exchange(self, build: requests.Request, auth) -> requests.Response:
        """Send a call, and again where the same host says that it has moved."""
        response = self._send_once(build, auth)
        for _redirection in range(_LONGEST_CHAIN):
            place = self._moved_to(response)
            if not place:
                break
            moved = requests.Request(
                build.method,
                place,
                json=build.json,
                data=build.data,
                headers=build.headers,
            )
            response = self._send_once(moved, auth)
        return response

    def _moved_to(self, response: requests.Response) -> str | None:
        """Return where to send a call again: on the same host, as the same call."""
        codes = (307, 308)
        if response.request.method in READS:
            codes = (301, 302, *codes)
        place = response.headers.get("Location")
        if response.status_code not in codes or not place or retry_after(response):
            return None
        place = urljoin(response.url, place)
        return place if origin_of(place) == origin_of(response.url) else None

    def _send_once(self, build: requests.Request, auth) -> requests.Response:
        session = self.session
        start = time.monotonic()
        with self._translating(build):
            request = session.http.prepare_request(build)
            settings = session.http.merge_environment_settings(
                request.url, {}, True, self._verify(), None
            )
        # This may make a call of its own.
        request.prepare_auth(auth)
        with self._translating(build, settings["proxies"]):
            response = session.http.send(request, allow_redirects=False, **settings)
            self._load(response)
        _logger.info(
            "%s %s: %s, %d bytes in %d ms",
            request.method,
            request.url,
            response.status_code,
            len(response.content),
            (time.monotonic() - start) * 1000,
        )
        return response

    @contextmanager
    def _translating(self, build: requests.Request, proxies: dict | None = None):
        try:
            yield
        # What cannot be sent is a ValueError of more than one library.
        except (requests.RequestException, ValueError) as error:
            translated = failure(self.env, error, build.url, proxies)
            _logger.info("%s %s: %s", build.method, build.url, translated)
            # requests puts the whole address in its text, keys in it included.
            hidden = mask(str(error)) != str(error)
            raise translated from (None if hidden else error)

    def _load(self, response: requests.Response) -> None:
        """Read the answer, within the limit of size."""
        if "," in response.headers.get("Content-Encoding", ""):
            # Each layer multiplies what a small answer can become.
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
                if len(content) > self._largest_answer:
                    raise RemoteProtocolError(
                        self.env._(
                            "The answer of %(host)s is larger than the limit of "
                            "%(limit)s bytes.",
                            host=host_of(response.url),
                            limit=self._largest_answer,
                        )
                    )
        response._content = bytes(content)


def origin_of(url: str) -> SplitResult | None:
    """Return scheme, host and port of an address, ``None`` where it has none."""
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
