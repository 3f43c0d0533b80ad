"""Hearing why PostgreSQL ended a session while nobody was asking it anything.

It says so at once, as when a transaction idles for too long because its job computes;
but the client library reads that together with the answer to the next statement, and
reports only that the connection is closed. So a statement that comes after a pause
listens first.
"""

import time
from contextlib import suppress

import psycopg2
from psycopg2.extensions import cursor

from odoo.sql_db import Cursor

#: Seconds without a statement after which the next one listens first.
PAUSE = 0.1
#: How PostgreSQL begins what it says when it ends a session, in most languages.
_FATAL = "FATAL:"


class SessionEnded(psycopg2.OperationalError):
    """PostgreSQL ended the database session; the text is the reason it gave."""


class AttentiveCursor(cursor):
    """A cursor whose errors say why its session was ended."""

    _quiet_since = 0.0
    _reason: str | None = None

    def execute(self, *args, **kwargs):
        """Run a statement.

        :raises SessionEnded: when the session was ended before it, whether or not the
            job has heard of that
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
        # there is only one such, and it is the last
        for notice in connection.notices[-1:]:
            if notice.startswith(_FATAL):
                return notice.removeprefix(_FATAL).strip()
        return None


def attend(odoo_cursor) -> None:
    """Let a new cursor of Odoo be one that listens; those of tests have no session."""
    if not isinstance(odoo_cursor, Cursor):
        return
    # Odoo makes it without a choice of its class
    odoo_cursor._obj.close()
    odoo_cursor._obj = odoo_cursor._cnx.cursor(cursor_factory=AttentiveCursor)
