"""Errors of the location of a backend."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ....exceptions_http import RemoteRefused
from ..redaction import mask

if TYPE_CHECKING:
    from odoo.api import Environment


def host_of(url: str) -> str:
    """Return ``host:port``, for messages to administrators."""
    return urlsplit(url).netloc.rpartition("@")[2] or url


def invalid_location_error(env: Environment, location: str) -> RemoteRefused:
    """Return the error for an invalid URL."""
    return RemoteRefused(
        env._(
            "“%(url)s” is not a valid URL: enter the location of the backend in the "
            "form https://host:port",
            url=mask(location),
        )
    )
