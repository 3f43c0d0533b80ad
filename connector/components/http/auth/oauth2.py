"""Grants of OAuth 2 (RFC 6749) for :class:`.LoginAuth`."""

from collections.abc import Callable

from ..redaction import register_login
from ..tokens import Token


def client_credentials(
    fetch: Callable[[dict], dict], client: str, secret: str, scope: str | None = None
) -> Callable[[], Token]:
    """Return a login for :class:`LoginAuth` by OAuth 2 client credentials.

    :param fetch: posts a form to the token URL, returns the JSON response
    """
    register_login(client, secret)

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

    :param fetch: posts a form to the token URL, returns the JSON response
    """
    register_login(client, secret or "")

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


def _token_of(content: dict) -> Token:
    return Token(
        content["access_token"], content.get("expires_in"), content.get("refresh_token")
    )
