"""Fetches the files whose addresses are mapped by ``file`` and ``image``.

Guarantees: a file is fetched once for each address; credentials are only sent to the
host of the backend; a file that cannot be fetched fails neither the other values of its
record nor other records, and is reported and retried.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import requests
from PIL import Image

from odoo.tools.image import ImageProcess
from odoo.tools.mimetypes import guess_mimetype

from odoo.addons.component.core import Component

from ...exception import InvalidDataError
from ..http.anonymous import AnonymousClient
from ..http.deadline import deadline
from ..http.errors.location import host_of
from ..http.redaction import strip_secrets
from ..http.transport import origin_of
from ..mapping.files import FileSource
from .errors import aborts_batch, failure_reason
from .state import import_state

if TYPE_CHECKING:
    from odoo.models import BaseModel

#: Key of ``file_sources`` of a record whose lines lack files.
_LINES = "lines without files"
_LONGEST_CHAIN = 5
_PORTS = {"http": 80, "https": 443}
#: Formats that browsers show without running anything in them.
_BITMAPS = {"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"}


class FilesMixin:
    """The part of the record importer that replaces addresses by files."""

    def _with_files(self, values: dict) -> dict:
        """Return the mapped values with the contents of changed files."""
        binding = self.binding or self.model.browse()
        # Those of lines, which are mapped already.
        lacks_files = bool(self.context.file_errors)
        if has_files(values.values()):
            values = self.component(usage="file.fetcher").replace_sources(
                values,
                binding,
                self.context.file_errors,
                asks=not (binding and self._is_unchanged()),
            )
        sources = dict(values.get("file_sources", binding.file_sources) or {})
        downloads = import_state(self.work).downloads
        if downloads and lacks_files != (_LINES in sources):
            sources.pop(_LINES, None)
            sources |= {_LINES: False} if lacks_files else {}
            values = {**values, "file_sources": sources or False}
        return values

    def _lacks_files(self) -> bool:
        """Whether a file could not be fetched when the record was last imported."""
        return False in (self.binding.file_sources or {}).values()

    def _file_failure(self) -> str:
        """Return why files of the record could not be fetched, empty if they were."""
        if not self.context.file_errors:
            return ""
        return self.env._(
            "The record was imported without these files: %s",
            "; ".join(self.context.file_errors),
        )


class FileFetcher(Component):
    """Fetch files by their addresses.

    The host of the backend is requested by the adapter, with its credentials; any other
    host anonymously. What was fetched is stored in the field ``file_sources`` of the
    binding. To change how files are fetched, inherit this component with the collection
    of the connector.
    """

    _name = "generic.file.fetcher"
    _inherit = "base.connector"
    _usage = "file.fetcher"

    #: Maximum duration of a download in seconds, redirects included.
    _max_seconds = 60

    def replace_sources(
        self,
        values: dict,
        binding: BaseModel,
        errors: list[str],
        asks: bool = True,
    ) -> dict:
        """Return the values with contents in Base64 instead of :class:`FileSource`.

        Without the fields whose files are unchanged or cannot be fetched.

        :param binding: the record that has the files, or one of its lines; empty if it
            is new
        :param errors: the reasons are added here
        :param asks: whether to ask if a file changed at the same address
        :raise RemoteUnavailable: the backend itself cannot be reached
        """
        is_stored = "file_sources" in binding._fields
        downloads = import_state(self.work).downloads
        known = dict((is_stored and binding.file_sources) or {})
        sources: dict[str, Any] = dict(known)
        result: dict[str, Any] = {}
        for name, source in values.items():
            if not isinstance(source, FileSource):
                result[name] = source
                continue
            if source.is_missing or not downloads:
                continue
            if error := self._replace(name, source, sources, result, asks):
                field = binding._fields.get(name)
                label = field._description_string(self.env) if field else name
                errors.append(f"{label}: {error}")
        if is_stored and sources != known:
            result["file_sources"] = sources or False
        return result

    def _replace(self, name, source, sources, result, asks) -> str:
        """Store the content of a file in the result; return why it cannot be."""
        if not source.address:
            sources.pop(name, None)
            result[name] = False
            return ""
        try:
            found = self._fetch(source, sources.get(name), asks)
        except Exception as error:
            if aborts_batch(error):
                raise
            # The next import fetches it without conditions.
            sources[name] = False
            return failure_reason(self.env, error)
        if found:
            result[name], sources[name] = found
        return ""

    def _fetch(
        self, source: FileSource, known: list | bool | None, asks: bool
    ) -> tuple[str, list] | None:
        """Return the content of a file and what to store of its source; ``None`` if it
        is unchanged."""
        address = strip_secrets(source.address or "")
        conditions = {}
        if isinstance(known, list) and known[0] == address:
            _address, etag, modified = known
            named = {"If-None-Match": etag, "If-Modified-Since": modified}
            conditions = {key: value for key, value in named.items() if value}
            if not (asks and conditions):
                return None
        response = self._download(source, conditions)
        if response is None:
            return None
        self._check(source, response)
        content = base64.b64encode(response.content).decode()
        validators = (response.headers.get(key) for key in ("ETag", "Last-Modified"))
        return content, [address, *(value or "" for value in validators)]

    def _download(
        self, source: FileSource, conditions: dict[str, str]
    ) -> requests.Response | None:
        """Return the response with the file; ``None`` if the conditions say that it is
        unchanged."""
        address = source.address or ""
        accept = "image/*" if source.is_image else "*/*"
        headers = {"Accept": accept, **conditions}
        with deadline(self._max_seconds):
            for _redirection in range(_LONGEST_CHAIN):
                response = self._get(address, headers, source.max_bytes)
                status = response.status_code
                if status == 304 and conditions:
                    return None
                place = response.headers.get("Location")
                if not (300 <= status < 400 and place):
                    break
                address = urljoin(response.url, place)
        if status != 200:
            raise InvalidDataError(
                self.env._(
                    "%(host)s returned no file (%(status)s: %(reason)s).",
                    host=host_of(response.url),
                    status=status,
                    reason=response.reason or status,
                )
            )
        return response

    def _get(
        self, address: str, headers: dict[str, str], max_bytes: int
    ) -> requests.Response:
        """Return the response of the host of an address."""
        adapter = self.component(usage="backend.adapter")
        if not hasattr(adapter, "send"):
            return self._get_anonymously(address, headers, max_bytes)
        if address.startswith("//"):
            address = f"{urlsplit(adapter._location()).scheme}:{address}"
        if not _is_on_host(address, adapter._location()):
            return self._get_anonymously(address, headers, max_bytes)
        adapter._max_response_bytes = max_bytes
        try:
            return adapter.send("GET", address, headers=headers)
        except Exception as error:
            response = getattr(error, "response", None)
            if response is not None and 300 <= response.status_code < 400:
                return response
            raise

    def _get_anonymously(self, address, headers, max_bytes) -> requests.Response:
        try:
            return AnonymousClient(self.env, max_bytes).get(address, headers)
        except Exception as error:
            # Another host concerns only its files.
            raise InvalidDataError(failure_reason(self.env, error)) from error

    def _check(self, source: FileSource, response: requests.Response) -> None:
        """Check the content of a file.

        :raise InvalidDataError: it is not an image, but should be
        """
        if not source.is_image:
            return
        kind = guess_mimetype(response.content, default="?")
        try:
            if kind not in _BITMAPS:
                raise ValueError(kind)
            ImageProcess(response.content, verify_resolution=True)
            Image.open(io.BytesIO(response.content)).load()
        except Exception as error:
            raise InvalidDataError(
                self.env._(
                    "%(host)s returned no readable image (%(kind)s).",
                    host=host_of(response.url),
                    kind=response.headers.get("Content-Type") or kind,
                )
            ) from error


def has_files(values: Iterable[Any]) -> bool:
    """Whether there are addresses to replace."""
    return any(isinstance(value, FileSource) for value in values)


def _is_on_host(address: str, location: str) -> bool:
    """Whether an address is relative, or has the host and port of a location."""
    if "://" not in address:
        return True
    parts, base = origin_of(address), origin_of(location)
    if not (parts and base and parts.hostname == base.hostname):
        return False
    # Behind a proxy, a system may not know its public port.
    own = base.port or _PORTS[base.scheme]
    return parts.port is None or parts.port == own
