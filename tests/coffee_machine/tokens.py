"""Tokens: who has logged in, and until when."""

import hmac
import secrets
import threading
import time
from collections.abc import Callable

from .errors import ApiError


class Tokens:
    """Tokens live ``ttl`` seconds by ``now``, which the machine's clock cannot skew.

    ``one``: a login ends the token of the one before.
    """

    def __init__(
        self,
        user: str,
        password: str,
        ttl: float,
        one: bool = False,
        now: Callable[[], float] = time.monotonic,
    ):
        self.now = now
        self.ttl = ttl
        self._one = one
        self._credentials = (user, password)
        self._lock = threading.Lock()
        self._ends: dict[str, float] = {}

    def login(self, user: object, password: object) -> str:
        """Return a new token, raise ApiError ``bad_credentials``."""
        right_user, right_password = self._credentials
        if not (_same(user, right_user) and _same(password, right_password)):
            raise ApiError(401, "bad_credentials", "unknown user or wrong password")
        token = secrets.token_urlsafe(24)
        with self._lock:
            if self._one:
                self._ends.clear()
            self._ends[token] = self.now() + self.ttl
        return token

    def check(self, authorization: str | None) -> None:
        """Raise ApiError ``token_missing`` or ``token_expired``."""
        token = bearer(authorization)
        if token is None:
            raise ApiError(
                401, "token_missing", "send Authorization: Bearer TOKEN after a login"
            )
        with self._lock:
            if self._ends.get(token, 0) > self.now():
                return
            self._ends.pop(token, None)
        raise expired()

    def forget(self, authorization: str | None) -> None:
        with self._lock:
            self._ends.pop(bearer(authorization) or "", None)

    def forget_all(self) -> int:
        """Return how many tokens there were."""
        with self._lock:
            count = len(self._ends)
            self._ends.clear()
            return count


def bearer(authorization: str | None) -> str | None:
    """The token in an ``Authorization`` header."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def expired() -> ApiError:
    return ApiError(401, "token_expired", "the token is no longer valid; log in again")


def _same(given: object, expected: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(
        given.encode(errors="replace"), expected.encode(errors="replace")
    )
