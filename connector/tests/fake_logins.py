"""The logins and tokens of a :class:`FakeApi`."""

from __future__ import annotations

import secrets
import time
from typing import Any

from .fake_habits import Habits


class Logins:
    """Tokens by login, or by OAuth 2: client credentials and refresh tokens."""

    def __init__(self, habits: Habits):
        self._habits = habits
        self._until: dict[str, float] = {}
        self._refresh: set[str] = set()

    def tokens(self) -> set[str]:
        """Return the valid tokens."""
        now = time.monotonic()
        return {token for token, until in self._until.items() if until > now}

    def end_all(self) -> None:
        """Invalidate all tokens; refresh tokens stay valid."""
        self._until.clear()

    def login(
        self, body: dict[str, Any], username: str, password: str
    ) -> tuple[Any, int, dict[str, str]]:
        """Return the response to a login: body, status, headers."""
        if body.get("grant_type") == "refresh_token":
            if body.get("refresh_token") not in self._refresh:
                return self._refuse("invalid_grant", "refresh token already used")
            self._refresh.discard(body["refresh_token"])
        elif not {username, password} <= set(body.values()):
            return self._refuse("invalid_client", "authentication required")
        return self._give(), 200, {}

    def _refuse(self, code: str, words: str) -> tuple[Any, int, dict[str, str]]:
        if self._habits.oauth:
            return {"error": code, "error_description": words}, 400, {}
        return {"error": {"message": words}}, 401, {}

    def _give(self) -> dict[str, Any]:
        habits = self._habits
        if habits.one_token:
            self.end_all()
        token, seconds = secrets.token_hex(16), habits.token_seconds
        self._until[token] = time.monotonic() + seconds
        expires_in = str(seconds) if habits.text_seconds else seconds
        if not habits.oauth:
            return {"token": token, "expires_in": expires_in}
        refresh_token = secrets.token_hex(16)
        self._refresh.add(refresh_token)
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": expires_in,
            "refresh_token": refresh_token,
        }
