"""Ways to say who we are, as :mod:`requests` auth objects.

``NoAuth``, ``BasicAuth``, ``BearerAuth`` and ``ApiKeyAuth`` know their secret.
``LoginAuth`` gets a token from a login call, keeps it in the session of the process,
and gets another one when the other side no longer accepts it.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

import requests
from requests.auth import AuthBase
from requests.auth import HTTPBasicAuth as BasicAuth

from .masking import remember_secret
from .session import RemoteSession

__all__ = [
    "ApiKeyAuth",
    "BasicAuth",
    "BearerAuth",
    "LoginAuth",
    "NoAuth",
    "Token",
    "client_credentials",
]


class NoAuth(AuthBase):
    """For systems that ask nothing."""

    def __call__(self, request):
        return request


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
            request.prepare_url(request.url, {self._param: self._key})
        else:
            request.headers[self._header] = self._key
        return request


class Token(NamedTuple):
    """What a login gives: the token, and for how many seconds it is good."""

    value: str
    expires_in: float | None = None


class LoginAuth(AuthBase):
    """A token obtained by ``login()``, renewed before it expires and when refused.

    One login at a time for each session: other threads wait for its token.
    """

    # A token about to expire would be refused on arrival.
    _margin = 5

    def __init__(self, session: RemoteSession, login: Callable[[], Token]):
        self._session = session
        self._login = login

    def __call__(self, request):
        request.headers["Authorization"] = f"Bearer {self._token()}"
        return request

    def _token(self) -> str:
        session = self._session
        with session.lock:
            if not session.token or time.monotonic() > session.token_expires:
                token = self._login()
                remember_secret(token.value)
                seconds = token.expires_in
                session.token_expires = (
                    float("inf")
                    if seconds is None
                    else time.monotonic() + max(seconds - self._margin, seconds / 2)
                )
                session.token = token.value
            return session.token

    def forget(self, request: requests.PreparedRequest) -> None:
        """Drop the token ``request`` was sent with, if nobody has got another yet."""
        session = self._session
        with session.lock:
            if request.headers.get("Authorization") == f"Bearer {session.token}":
                session.token = None


def client_credentials(
    fetch: Callable[[dict], dict], client: str, secret: str, scope: str | None = None
) -> Callable[[], Token]:
    """Return a login for :class:`LoginAuth` by OAuth 2 client credentials.

    :param fetch: posts a form to the token address, returns the JSON answer
    """
    remember_secret(secret)

    def login() -> Token:
        form = {
            "grant_type": "client_credentials",
            "client_id": client,
            "client_secret": secret,
        }
        if scope:
            form["scope"] = scope
        answer = fetch(form)
        return Token(answer["access_token"], answer.get("expires_in"))

    return login
