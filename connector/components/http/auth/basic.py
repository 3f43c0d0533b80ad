"""HTTP Basic authentication."""

from requests.auth import HTTPBasicAuth

from ..redaction import register_login
from .base import Auth


class BasicAuth(HTTPBasicAuth, Auth):
    """User name and password, in UTF-8 (RFC 7617)."""

    def __init__(self, username: str, password: str):
        register_login(username, password)
        super().__init__(username.encode(), password.encode())
