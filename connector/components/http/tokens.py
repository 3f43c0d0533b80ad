"""The access token of a backend, shared by all processes of all servers.

A token is stored in PostgreSQL, and renewed by the process that locks its row first:
the others wait for that row and use the new token. So a system that keeps one valid
token at a time sees one login per expired token, and a single-use refresh token is used
once.

A rejected login is recorded there too, for
:data:`REFUSAL_SECONDS` or until the credentials change: a queue full of jobs must not
become a queue full of failed logins, which lock accounts.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import NamedTuple

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from ...database import own_transaction
from ...exceptions_http import RemoteAccessDenied
from .redaction import register_secret

REFUSAL_SECONDS = 60
# A token about to expire would be rejected on arrival: seconds, and share of its
# lifetime.
_MARGIN, _MARGIN_PART = 5, 0.1


class Token(NamedTuple):
    """The result of a login: the token, and its lifetime in seconds.

    :param expires_in: a number, or a number as text; ``None``: until it is rejected
    :param refresh_token: used to obtain the next token without a login
    """

    value: str
    expires_in: float | str | None = None
    refresh_token: str | None = None

    @property
    def lasts(self) -> float | None:
        """Seconds for which the token can be used."""
        try:
            seconds = float(self.expires_in)
        except (TypeError, ValueError):
            return None
        if not math.isfinite(seconds) or seconds <= 0:
            return None
        return seconds - min(_MARGIN, seconds * _MARGIN_PART)


class LoginRecentlyRefused(RemoteAccessDenied):
    """The same login was rejected recently; it is not repeated."""


class Tokens:
    """The token of a backend as known to this process, and access to the shared one.

    :param database: where the token is stored
    :param backend: model and ID
    :param fingerprint: fingerprint of the credentials: each has its own token
    """

    def __init__(self, database: str, backend: tuple[str, int], fingerprint: str):
        self._database, self._key = database, (*backend, fingerprint)
        # One thread of this process reads the token, or logs in; the others wait for
        # it.
        self._lock = threading.RLock()
        self._token: str | None = None
        self._until = 0.0
        self._refused: str | None = None
        self._renewing = False
        self._denied: tuple[float, str] | None = None
        #: Why the login was rejected recently, set during a login.
        self.refusal: str | None = None

    def get(self, login: Callable[[str | None], Token]) -> str:
        """Return a valid token.

        :param login: obtains one, given the last refresh token, if any
        :raise RemoteAccessDenied: raised by ``login``
        """
        with self._lock:
            if not self._token or time.monotonic() >= self._until:
                self._use(self._look() or self._renew(login))
            return self._token

    def refuse(self, token: str) -> None:
        """Mark a token as rejected, whether expired or not."""
        with self._lock:
            self._refused = token
            if self._token == token:
                self._token = None

    def forget(self) -> None:
        """Reset the token, and the rejected login, in all processes."""
        with self._lock, self._model() as model:
            self._token = self._denied = None
            model._delete(*self._key)

    def _use(self, found: tuple[str, float | None]) -> None:
        self._token, seconds = found
        self._denied = None
        register_secret(self._token)
        self._until = (
            math.inf if seconds is None else time.monotonic() + max(seconds, 0)
        )

    def _denied_here(self) -> str | None:
        # A test may roll back what was written in a separate transaction.
        until, reason = self._denied or (0.0, "")
        return reason if time.monotonic() < until else None

    def _look(self) -> tuple[str, float | None] | None:
        with self._model() as model:
            return model._get_valid(*self._key, refused=self._refused)

    def _renew(self, login) -> tuple[str, float | None]:
        if self._renewing:
            raise RuntimeError(
                "The login call itself requires a login: send it with auth=NoAuth()."
            )
        denied = None
        with self._model() as model:
            row = model._lock(*self._key)
            # The previous holder of the row lock may have renewed it.
            found = model._get_valid(*self._key, refused=self._refused)
            if found:
                return found
            self.refusal = self._denied_here() or model._get_refusal(
                row, REFUSAL_SECONDS
            )
            self._renewing = True
            try:
                token = login(model._get_refresh_token(row))
            except LoginRecentlyRefused:
                raise
            except RemoteAccessDenied as error:
                denied = error
                self._denied = time.monotonic() + REFUSAL_SECONDS, str(error)
                model._store_refusal(row, str(error))
            else:
                model._store(row, token.value, token.lasts, token.refresh_token)
            finally:
                self._renewing = False
        if denied:
            raise denied
        return token.value, token.lasts

    @contextmanager
    def _model(self):
        with own_transaction(Registry(self._database)) as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})["connector.backend.token"]
