"""Ways to say who we are, as :mod:`requests` auth objects.

``NoAuth``, ``BasicAuth``, ``BearerAuth`` and ``ApiKeyAuth`` know their secret.
``LoginAuth`` gets a token from a login call, shares it with all other processes, and
gets another one when it ends or is refused.

An auth object with a method ``renew(request)`` is asked for it when a call was refused
with 401: where it returns true, the call is made again.
"""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import requests
from requests.auth import AuthBase, HTTPBasicAuth

from ...exceptions_http import RemoteAccessDenied
from .masking import remember_login, remember_secret
from .session import RemoteSession
from .tokens import Token

__all__ = [
    "ApiKeyAuth",
    "BasicAuth",
    "BearerAuth",
    "LoginAuth",
    "NoAuth",
    "Token",
    "client_credentials",
    "refresh_grant",
]


class NoAuth(AuthBase):
    """For systems that ask nothing."""

    def __call__(self, request):
        return request


class BasicAuth(HTTPBasicAuth):
    """User name and password, in UTF-8 (RFC 7617)."""

    def __init__(self, username: str, password: str):
        remember_login(username, password)
        super().__init__(username.encode(), password.encode())


class BearerAuth(AuthBase):
    """``Authorization: Bearer <token>``."""

    def __init__(self, token: str, scheme: str = "Bearer"):
        remember_secret(token)
        self._value = f"{scheme} {token}"

    def __call__(self, request):
        request.headers["Authorization"] = self._value
        return request


class ApiKeyAuth(AuthBase):
    """A key in a header, or in the query for systems that know no better."""

    def __init__(self, key: str, header: str = "X-API-Key", param: str | None = None):
        remember_secret(key)
        self._key, self._header, self._param = key, header, param

    def __call__(self, request):
        if self._param:
            parts = urlsplit(request.url)
            # A link in an answer may have it already.
            given = parse_qsl(parts.query, keep_blank_values=True)
            if self._param in dict(given):
                kept = [(key, val) for key, val in given if key != self._param]
                request.url = urlunsplit(parts._replace(query=urlencode(kept)))
            request.prepare_url(request.url, {self._param: self._key})
        else:
            request.headers[self._header] = self._key
        return request


class LoginAuth(AuthBase):
    """A token obtained by ``login()``, renewed before it expires and when refused.

    There is one token for a backend, used by all processes; one of them renews it
    while the others wait, see :mod:`.tokens`.

    :param login: gets a token with the credentials
    :param refresh: gets one with the last refresh token; ``login`` is called where
        there is none yet, or where it was refused
    """

    def __init__(
        self,
        session: RemoteSession,
        login: Callable[[], Token],
        refresh: Callable[[str], Token] | None = None,
        scheme: str = "Bearer",
    ):
        self._tokens = session.tokens
        self._login, self._refresh = login, refresh
        self._scheme = scheme

    def __call__(self, request):
        token = self._tokens.get(self._new_token)
        request.headers["Authorization"] = f"{self._scheme} {token}"
        return request

    def renew(self, request: requests.PreparedRequest) -> bool:
        """Have the token ``request`` was sent with replaced at the next call."""
        token = request.headers.get("Authorization", "").rpartition(" ")[2]
        self._tokens.refuse(token)
        return True

    def _new_token(self, refresh_token: str | None) -> Token:
        if not (self._refresh and refresh_token):
            return self._login()
        try:
            return self._refresh(refresh_token)
        except RemoteAccessDenied:
            token = self._login()
            # The old one is of no use any more.
            return token._replace(refresh_token=token.refresh_token or "")


def client_credentials(
    fetch: Callable[[dict], dict], client: str, secret: str, scope: str | None = None
) -> Callable[[], Token]:
    """Return a login for :class:`LoginAuth` by OAuth 2 client credentials.

    :param fetch: posts a form to the token address, returns the JSON answer
    """
    remember_login(client, secret)

    def login() -> Token:
        form = {
            "grant_type": "client_credentials",
            "client_id": client,
            "client_secret": secret,
        }
        if scope:
            form["scope"] = scope
        return _token_of(fetch(form))

    return login


def refresh_grant(
    fetch: Callable[[dict], dict], client: str, secret: str | None = None
) -> Callable[[str], Token]:
    """Return a refresh for :class:`LoginAuth` by OAuth 2 refresh tokens.

    :param fetch: posts a form to the token address, returns the JSON answer
    """
    remember_login(client, secret or "")

    def refresh(refresh_token: str) -> Token:
        form = {
            "grant_type": "refresh_token",
            "client_id": client,
            "refresh_token": refresh_token,
        }
        if secret:
            form["client_secret"] = secret
        return _token_of(fetch(form))

    return refresh


def _token_of(answer: dict) -> Token:
    return Token(
        answer["access_token"], answer.get("expires_in"), answer.get("refresh_token")
    )
