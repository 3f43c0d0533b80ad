"""Errors of the location of a backend."""

from urllib.parse import urlsplit

from ....exceptions_http import RemoteRefused
from ..redaction import mask


def host_of(url: str) -> str:
    """Return ``host:port``, for messages to administrators."""
    return urlsplit(url).netloc.rpartition("@")[2] or url


def invalid_location_error(env, location: str) -> RemoteRefused:
    """Return the error for an invalid URL."""
    return RemoteRefused(
        env._(
            "“%(url)s” is not a valid URL: enter the location of the backend in the "
            "form https://host:port",
            url=mask(location),
        )
    )
