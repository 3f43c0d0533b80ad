"""A token that is known beforehand."""

from ..redaction import register_secret
from .base import Auth


class BearerAuth(Auth):
    """``Authorization: Bearer <token>``."""

    def __init__(self, token: str, scheme: str = "Bearer"):
        register_secret(token)
        self._value = f"{scheme} {token}"

    def __call__(self, request):
        request.headers["Authorization"] = self._value
        return request
