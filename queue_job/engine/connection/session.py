"""The database session in which one worker claims and runs jobs."""

from __future__ import annotations

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ

from odoo.sql_db import Cursor, db_connect

from . import sql, tcp
from .ended_session import attend


def restore(cr: Cursor) -> None:
    """Reset the transaction settings to Odoo's, whatever a job changed; ``cr`` must be
    outside of a transaction. Test cursors are always inside one."""
    if isinstance(cr, Cursor):
        cr._cnx.set_session(
            isolation_level=ISOLATION_LEVEL_REPEATABLE_READ,
            readonly=False,
            autocommit=False,
        )


class Session:
    """One session at a time, kept from lease to lease, so that statements are planned
    once.

    A worker that switches to another database closes the previous session, so it never
    uses more of the connection pool than a job needs.
    """

    def __init__(self) -> None:
        self._cursor: Cursor | None = None
        #: The process id that the client was sent is that of the session on the server;
        #: a pooler invents one.
        self.is_direct = False

    def cursor(self, database: str) -> Cursor:
        """Return the worker's cursor on a database, outside of any transaction.

        :raises psycopg2.OperationalError: if the database cannot be reached
        """
        kept = self._cursor
        if kept is None or kept.closed or kept.dbname != database:
            self.close()
            self._cursor = db_connect(database).cursor()
            attend(self._cursor)
            tcp.keep_alive(self._cursor._cnx)
            self._cursor.execute(sql.BACKEND_PID)
            [pid] = self._cursor.fetchone()
            self._cursor.rollback()
            self.is_direct = pid == self._cursor._cnx.get_backend_pid()
        return self._cursor

    @property
    def database(self) -> str | None:
        return self._cursor and self._cursor.dbname

    def clean(self) -> None:
        """Reset what jobs may have left; keep the engine's prepared statements."""
        cursor = self._cursor
        cursor.transaction = None
        cursor.cache.clear()
        cursor.rollback()
        cursor.execute(sql.CLEAN_SESSION)
        cursor.commit()

    def discard(self) -> None:
        """Close the connection: the process that rescues its jobs may end its
        session, which must not belong to another client by then."""
        if self._cursor is not None and not self._cursor._closed:
            self._cursor._cnx.close()
        self.close()

    def close(self) -> None:
        """Return the connection to the pool, broken or not."""
        cursor, self._cursor = self._cursor, None
        if cursor is None:
            return
        try:
            cursor.close()
        except psycopg2.Error:
            # it is broken: the pool notices when it next checks its connections
            cursor._cnx.close()
