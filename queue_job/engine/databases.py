"""Which databases this process serves, and how it reaches them."""

import logging
import time
from contextlib import closing

import psycopg2

from odoo.service.db import list_dbs
from odoo.sql_db import connection_info_for
from odoo.tools import config

from .config import connection_overrides

_logger = logging.getLogger(__name__)

#: Seconds between two looks for new databases.
LOOK_EVERY = 20.0

# Index: of ir_module_module on name. The table of workers is there once the addon's
# installation got that far, whatever an update makes of the module's state.
_IS_SERVED = """
SELECT to_regclass('queue_job_worker') IS NOT NULL
   AND to_regclass('ir_module_module') IS NOT NULL
"""
_IS_INSTALLED = """
SELECT 1 FROM ir_module_module
 WHERE name = 'queue_job' AND state IN ('installed', 'to upgrade')
"""


def connect(database: str):
    """Return a connection of our own, outside of Odoo's pool, in autocommit."""
    _name, info = connection_info_for(database)
    overrides = connection_overrides()
    if "dsn" in info:
        info = {**psycopg2.extensions.parse_dsn(info["dsn"])}
    info.update(overrides)
    connection = psycopg2.connect(
        **{
            "application_name": "odoo-queue-job",
            "connect_timeout": 5,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 4,
            "tcp_user_timeout": 15000,
            **info,
        }
    )
    connection.autocommit = True
    with connection.cursor() as cursor:
        # one database that does not answer must not stop the heart in the others
        cursor.execute("SET statement_timeout TO '5s'")
    return connection


def is_served(connection) -> bool:
    """Tell whether queue_job is installed in this database."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_SERVED)
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(_IS_INSTALLED)
        return bool(cursor.rowcount)


def shares_sessions(connection, database: str) -> bool:
    """Tell whether a pooler lends the session of this connection to others between two
    transactions: then it can hold no lock and hear no call."""
    session = _session(connection)
    if session == connection.get_backend_pid():
        # told when it was opened: a pooler cannot know yet, and makes a number up
        return False
    with closing(connect(database)) as other:
        other.autocommit = False
        # its transaction is open now, and keeps the session it was lent
        return _session(other) == session or _session(connection) != session


def _session(connection) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


class Databases:
    """The names of the databases, asked for again from time to time."""

    def __init__(self, names: list[str] | None = None):
        self._fixed = names
        self._names: list[str] = []
        self._look_at = 0.0

    def look(self) -> list[str]:
        """Return the names; nothing is asked when that was done lately."""
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + LOOK_EVERY
            try:
                self._names = list(self._fixed or config["db_name"] or list_dbs(True))
            except psycopg2.Error as error:
                _logger.warning("The databases cannot be listed now: %s", error)
        return self._names

    def seconds(self) -> float:
        """Return when it is time to look again."""
        return max(0.0, self._look_at - time.monotonic())
