"""Anonymous downloads from any host, without the credentials of a backend."""

from __future__ import annotations

import ipaddress
import socket
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from urllib3.connection import HTTPConnection, HTTPSConnection

from ...exceptions_http import RemoteProtocolError
from .auth import NoAuth
from .deadline import PlainPool, SafePool
from .errors.location import host_of
from .session import RemoteRequest, RemoteSession, session_for
from .transport import HttpTransport, origin_of

if TYPE_CHECKING:
    from odoo.api import Environment


class _RefusedAddress(Exception):
    """A host has an address that no file is downloaded from."""


class _Guarded:
    """Checks the address that a host name was resolved to, before anything is sent."""

    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        address = connected.getpeername()[0]
        if _is_refused(address):
            connected.close()
            raise _RefusedAddress(address)
        return connected


class _PlainConnection(_Guarded, HTTPConnection):
    pass


class _SafeConnection(_Guarded, HTTPSConnection):
    pass


class _PlainPool(PlainPool):
    ConnectionCls = _PlainConnection


class _SafePool(SafePool):
    ConnectionCls = _SafeConnection


def _is_refused(host: str) -> bool:
    """Whether a host is given by an address that must not be reached.

    Services that give secrets to the server they run on have link-local addresses.
    """
    try:
        address: Any = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_link_local or address.is_multicast or address.is_unspecified


def _new_session() -> RemoteSession:
    session = RemoteSession(pools={"http": _PlainPool, "https": _SafePool})
    session.http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


class AnonymousClient(HttpTransport):
    """Sends requests without credentials, cookies and redirects.

    :param max_bytes: maximum size of a response
    """

    def __init__(self, env: Environment, max_bytes: int):
        self.env = env
        self._max_response_bytes = max_bytes

    @property
    def session(self) -> RemoteSession:
        return session_for((self.env.cr.dbname, "anonymous"), (), _new_session)

    def _verify(self) -> bool:
        return True

    def get(self, url: str, headers: dict[str, str]) -> requests.Response:
        """Return the response to one request, whatever its status.

        :raise RemoteProtocolError: the URL must not be requested
        :raise RemoteUnavailable: the host cannot be reached
        """
        origin = origin_of(url)
        if not origin:
            raise RemoteProtocolError(
                self.env._("“%s” is not an address of a file on the web.", url[:80])
            )
        # A user and password in the URL are not sent.
        url = urlsplit(url)._replace(netloc=origin.netloc).geturl()
        try:
            if _is_refused(origin.hostname or ""):
                raise _RefusedAddress(origin.hostname)
            return self._send_once(RemoteRequest("GET", url, headers=headers), NoAuth())
        except _RefusedAddress as error:
            raise RemoteProtocolError(
                self.env._(
                    "%(host)s is at the address %(address)s, from which no files are "
                    "downloaded.",
                    host=host_of(url),
                    address=error,
                )
            ) from error
