"""The access token of one backend: one for all processes of all servers.

A token is kept in PostgreSQL, and renewed by whoever holds its row first: all others
wait for that row and use what they find there. So a server that keeps one valid token
at a time sees one login for each token that ends, and a refresh token that is good for
one use is used once.

A login that was refused is remembered there too, for as long as
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
# A token about to expire would be refused on arrival: seconds, and part of its life.
_MARGIN, _MARGIN_PART = 5, 0.1


class Token(NamedTuple):
    """What a login gives: the token, and for how many seconds it is good.

    :param expires_in: a number, or a text of one; none: until it is refused
    :param refresh_token: what the next token can be got with, without a login
    """

    value: str
    expires_in: float | str | None = None
    refresh_token: str | None = None

    @property
    def lasts(self) -> float | None:
        """Seconds for which it can be used."""
        try:
            seconds = float(self.expires_in)
        except (TypeError, ValueError):
            return None
        if not math.isfinite(seconds) or seconds <= 0:
            return None
        return seconds - min(_MARGIN, seconds * _MARGIN_PART)


class LoginRecentlyRefused(RemoteAccessDenied):
    """The same login was refused a moment ago, and not tried again."""


class Tokens:
    """What this process knows of the token of a backend, and the way to the shared one.

    :param database: where the token is kept
    :param backend: model and id
    :param fingerprint: of the credentials: others have another token
    """

    def __init__(self, database: str, backend: tuple[str, int], fingerprint: str):
        self._database, self._key = database, (*backend, fingerprint)
        # One thread looks, or logs in; the others of this process wait for it.
        self._lock = threading.RLock()
        self._token: str | None = None
        self._until = 0.0
        self._refused: str | None = None
        self._renewing = False
        self._denied: tuple[float, str] | None = None
        #: Why the login was refused a moment ago, set while one is made.
        self.refusal: str | None = None

    def get(self, login: Callable[[str | None], Token]) -> str:
        """Return a token to call with.

        :param login: gets one, given the last refresh token if there is any
        :raise RemoteAccessDenied: what ``login`` raises
        """
        with self._lock:
            if not self._token or time.monotonic() >= self._until:
                self._use(self._look() or self._renew(login))
            return self._token

    def refuse(self, token: str) -> None:
        """Note that a token was not accepted, before its time or after."""
        with self._lock:
            self._refused = token
            if self._token == token:
                self._token = None

    def forget(self) -> None:
        """Forget the token, and whether a login was refused, in all processes."""
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
        # A test may undo what was written in a transaction of its own.
        until, reason = self._denied or (0.0, "")
        return reason if time.monotonic() < until else None

    def _look(self) -> tuple[str, float | None] | None:
        with self._model() as model:
            return model._get_valid(*self._key, refused=self._refused)

    def _renew(self, login) -> tuple[str, float | None]:
        if self._renewing:
            raise RuntimeError(
                "The login call itself requires a login: make it with auth=NoAuth()."
            )
        denied = None
        with self._model() as model:
            row = model._lock(*self._key)
            # Who had the row before us may have renewed it.
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
