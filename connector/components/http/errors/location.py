"""Errors of the location of a backend."""

from urllib.parse import urlsplit

from ....exceptions_http import RemoteRefused
from ..redaction import mask


def host_of(url: str) -> str:
    """Return what an administrator calls the other side: ``host:port``."""
    return urlsplit(url).netloc.rpartition("@")[2] or url


def invalid_location_error(env, location: str) -> RemoteRefused:
    """Return the error of an address that nothing can be called at."""
    return RemoteRefused(
        env._(
            "“%(url)s” cannot be called: write the location of the backend like "
            "https://host:port",
            url=mask(location),
        )
    )
