"""API keys."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ..redaction import register_secret
from .base import Auth


class ApiKeyAuth(Auth):
    """A key in a header or, with ``param``, in the query string."""

    def __init__(self, key: str, header: str = "X-API-Key", param: str | None = None):
        register_secret(key)
        self._key, self._header, self._param = key, header, param

    def __call__(self, request):
        if self._param:
            parts = urlsplit(request.url)
            # A link in a response may contain it already.
            given = parse_qsl(parts.query, keep_blank_values=True)
            if self._param in dict(given):
                kept = [(key, val) for key, val in given if key != self._param]
                request.url = urlunsplit(parts._replace(query=urlencode(kept)))
            request.prepare_url(request.url, {self._param: self._key})
        else:
            request.headers[self._header] = self._key
        return request
