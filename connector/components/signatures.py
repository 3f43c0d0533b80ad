"""Signatures with a shared secret, of requests and of webhook deliveries."""

import base64
import hashlib
import hmac


def hmac_signature(
    secret: str, message: bytes, digest: str = "sha256", encoding: str = "hex"
) -> str:
    """Return the HMAC (RFC 2104) of a message.

    :param digest: hash function, as named by :mod:`hashlib`
    :param encoding: ``hex`` or ``base64``
    """
    made = hmac.new(secret.encode(), message, getattr(hashlib, digest))
    if encoding == "hex":
        return made.hexdigest()
    return base64.b64encode(made.digest()).decode()
