"""Former place of :mod:`..http.auth`."""

from ..http.auth import (
    ApiKeyAuth,
    BasicAuth,
    BearerAuth,
    LoginAuth,
    NoAuth,
    Token,
    client_credentials,
    refresh_grant,
)

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
