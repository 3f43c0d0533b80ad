"""Ways to authenticate requests, one class each; see :class:`.Auth`."""

from ..tokens import Token
from .api_key import ApiKeyAuth
from .base import Auth, NoAuth
from .basic import BasicAuth
from .bearer import BearerAuth
from .hmac_signature import HmacAuth
from .login import LoginAuth, TokenLogin
from .oauth2 import client_credentials, refresh_grant

__all__ = [
    "ApiKeyAuth",
    "Auth",
    "BasicAuth",
    "BearerAuth",
    "HmacAuth",
    "LoginAuth",
    "NoAuth",
    "Token",
    "TokenLogin",
    "client_credentials",
    "refresh_grant",
]
