"""Requests signed with a shared secret."""

import time
from collections.abc import Callable

import requests

from ...signatures import hmac_signature
from ..redaction import register_secret
from .base import Auth


def canonical_message(request: requests.PreparedRequest, timestamp: str) -> bytes:
    """Return what is signed by default: timestamp, method, path with query, body.

    :raise TypeError: the body is a stream, which can be read only once
    """
    body = request.body or b""
    if isinstance(body, str):
        body = body.encode()
    if not isinstance(body, bytes):
        raise TypeError(f"A body of {type(body).__name__} cannot be signed.")
    return f"{timestamp}{request.method}{request.path_url}".encode() + body


class HmacAuth(Auth):
    """Sign each request with HMAC, so that the secret itself is never sent.

    :param key: public ID of the secret
    :param secret: shared secret
    :param digest: hash function, as named by :mod:`hashlib`
    :param encoding: of the signature: ``hex`` or ``base64``
    :param prefix: text before the signature, like ``HMAC-SHA256`` and a space
    :param message: returns the bytes to sign, given the prepared request and the
        timestamp in seconds since 1970
    """

    def __init__(
        self,
        key: str,
        secret: str,
        *,
        key_header: str = "X-API-Key",
        signature_header: str = "X-Signature",
        timestamp_header: str = "X-Timestamp",
        digest: str = "sha256",
        encoding: str = "hex",
        prefix: str = "",
        message: Callable[[requests.PreparedRequest, str], bytes] = canonical_message,
    ):
        register_secret(secret)
        self._key, self._secret = key, secret
        self._headers = key_header, timestamp_header, signature_header
        self._digest, self._encoding, self._prefix = digest, encoding, prefix
        self._message = message

    def __call__(self, request):
        timestamp = str(int(time.time()))
        signature = hmac_signature(
            self._secret,
            self._message(request, timestamp),
            digest=self._digest,
            encoding=self._encoding,
        )
        values = self._key, timestamp, self._prefix + signature
        request.headers.update(zip(self._headers, values, strict=True))
        return request
