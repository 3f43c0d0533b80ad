"""Which databases this process serves, and how it reaches them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import psycopg2

from odoo.service.db import list_dbs
from odoo.sql_db import connection_info_for
from odoo.tools import config

from ..config import connection_overrides
from ..connection import tcp as wire

if TYPE_CHECKING:
    from ..connection.monitor_connection import MonitorConnection

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


def connection_parameters(database: str) -> dict:
    """Return libpq's parameters of a connection of our own, outside of Odoo's pool."""
    _name, info = connection_info_for(database)
    if "dsn" in info:
        info = {**psycopg2.extensions.parse_dsn(info["dsn"])}
    return {
        "application_name": "odoo-queue-job",
        **wire.KEEPALIVE,
        **info,
        **connection_overrides(),
    }


async def is_served(connection: MonitorConnection) -> bool:
    """Tell whether queue_job is installed in this database."""
    [(has_tables,)] = await connection.execute(_IS_SERVED)
    return has_tables and bool(await connection.execute(_IS_INSTALLED))


async def shares_sessions(connection: MonitorConnection, open_other) -> bool:
    """Tell whether a pooler lends the session of this connection to others between two
    transactions: then it can hold no lock and hear no call.

    ``open_other(database)`` opens another connection.
    """
    session = await _session(connection)
    if session == connection.client_side_pid:
        # told when it was opened: a pooler cannot know yet, and makes a number up
        return False
    other = await open_other(connection.database)
    try:
        await other.execute("BEGIN")
        # its transaction is open now, and keeps the session it was lent
        lent = await _session(other)
        return lent == session or await _session(connection) != session
    finally:
        other.close()


async def _session(connection: MonitorConnection) -> int:
    [(pid,)] = await connection.execute("SELECT pg_backend_pid()")
    return pid


class Databases:
    """The names of the databases, asked for again from time to time.

    ``on_answer()`` is called in another thread when the server has told them.
    """

    def __init__(self, names: list[str] | None, on_answer: Callable[[], None]):
        self._fixed = names
        self._on_answer = on_answer
        self._names: list[str] = []
        self._look_at = 0.0
        self._asking: threading.Thread | None = None
        self._is_failing = False

    def look(self) -> list[str]:
        """Return the names as far as they are known; nothing is waited for."""
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + LOOK_EVERY
            if names := self._fixed or config["db_name"]:
                self._names = list(names)
            elif not (self._asking and self._asking.is_alive()):
                # in a thread: it uses Odoo's pool, and may be long in coming
                self._asking = threading.Thread(
                    target=self._ask, name="queue_job.databases", daemon=True
                )
                self._asking.start()
        return self._names

    def _ask(self) -> None:
        try:
            # without an answer Odoo says that there are none
            self._names = list_dbs(True) or self._names
            self._is_failing = False
        except psycopg2.Error as error:
            if not self._is_failing:
                self._is_failing = True
                _logger.warning("The databases cannot be listed now: %s", error)
        self._on_answer()

    def seconds(self) -> float:
        """Return when it is time to look again."""
        return max(0.0, self._look_at - time.monotonic())
