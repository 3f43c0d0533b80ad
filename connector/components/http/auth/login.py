"""A token that a login request returns."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests

from ....exceptions_http import RemoteAccessDenied
from ..session import RemoteSession
from ..tokens import Token
from .base import Auth, NoAuth


@dataclass(frozen=True)
class TokenLogin:
    """A login that returns a token: a POST of user name and password as JSON.

    Declared as ``_token_login`` of an adapter.

    ``path``
        path of the login
    ``username``, ``password``
        keys of the user name and the password in the request
    ``token``, ``expires_in``, ``refresh_token``
        keys of the token, its lifetime in seconds, and the refresh token in the
        response; the latter two may be missing
    """

    path: str
    username: str = "username"
    password: str = "password"
    token: str = "token"
    expires_in: str = "expires_in"
    refresh_token: str = "refresh_token"

    def fetch(self, adapter: Any) -> Token:
        """Log in with the credentials of an adapter's backend.

        :raises KeyError: the response contains no token
        """
        user, password = adapter._credentials()
        login = {self.username: user, self.password: password}
        content = adapter.call("POST", self.path, json=login, auth=NoAuth())
        return Token(
            content[self.token],
            content.get(self.expires_in),
            content.get(self.refresh_token),
        )


class LoginAuth(Auth):
    """A token obtained by ``login()``, renewed before it expires and when rejected.

    A backend has one token, shared by all processes; one of them renews it while the
    others wait, see :mod:`..tokens`.

    :param login: obtains a token with the credentials
    :param refresh: obtains one with the last refresh token; ``login`` is called if
        there is none yet, or if it was rejected
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
        """Have the token of ``request`` replaced at the next request."""
        token = str(request.headers.get("Authorization", "")).rpartition(" ")[2]
        self._tokens.refuse(token)
        return True

    def _new_token(self, refresh_token: str | None) -> Token:
        if not (self._refresh and refresh_token):
            return self._login()
        try:
            return self._refresh(refresh_token)
        except RemoteAccessDenied:
            token = self._login()
            # The old one is no longer usable.
            return token._replace(refresh_token=token.refresh_token or "")
