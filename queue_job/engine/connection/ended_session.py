"""Finds out why PostgreSQL ended a session between two statements.

PostgreSQL sends the reason immediately, for example when a transaction idles too long
because its job computes; but libpq reads it together with the answer to the next
statement, and reports only that the connection is closed. So a statement after a pause
first reads pending messages.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import psycopg2
from psycopg2.extensions import cursor

from odoo.sql_db import Cursor

#: Seconds without a statement after which the next one first reads messages.
PAUSE = 0.1
#: Prefix of the message that PostgreSQL sends when it ends a session.
_FATAL = "FATAL:"


class SessionEnded(psycopg2.OperationalError):
    """PostgreSQL ended the database session; the message is its reason."""


class AttentiveCursor(cursor):
    """A cursor whose errors say why its session was ended."""

    _quiet_since = 0.0
    _reason: str | None = None

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Run a statement.

        :raises SessionEnded: if the session was ended before, whether or not the job
            already got an error
        """
        if time.monotonic() - self._quiet_since > PAUSE:
            self._reason = self._reason or self._last_words()
        try:
            return super().execute(*args, **kwargs)
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            if not self.connection.closed:
                raise
            if error.pgcode:
                self._reason = error.diag.message_primary
                raise
            if self._reason:
                raise SessionEnded(self._reason) from error
            raise
        finally:
            self._quiet_since = time.monotonic()

    def _last_words(self) -> str | None:
        connection = self.connection
        if connection.closed:
            return None
        with suppress(psycopg2.Error):
            connection.poll()
        # there is at most one such notice, the last one
        for notice in connection.notices[-1:]:
            if notice.startswith(_FATAL):
                return notice.removeprefix(_FATAL).strip()
        return None


def attend(odoo_cursor: Any) -> None:
    """Replace the cursor inside a new Odoo cursor; test cursors have no session."""
    if not isinstance(odoo_cursor, Cursor):
        return
    # Odoo creates it without a way to choose its class
    odoo_cursor._obj.close()
    odoo_cursor._obj = odoo_cursor._cnx.cursor(cursor_factory=AttentiveCursor)
