"""The databases this process serves, and how it connects to them."""

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

from . import wire
from .config import connection_overrides

if TYPE_CHECKING:
    from .monitor_connection import MonitorConnection

_logger = logging.getLogger(__name__)

#: Seconds between two searches for new databases.
LOOK_EVERY = 20.0

# Index: of ir_module_module on name. The worker table exists once the addon's
# installation got that far, whatever state an update gives to the module.
_IS_SERVED = """
SELECT to_regclass('queue_job_worker') IS NOT NULL
   AND to_regclass('ir_module_module') IS NOT NULL
"""
_IS_INSTALLED = """
SELECT 1 FROM ir_module_module
 WHERE name = 'queue_job' AND state IN ('installed', 'to upgrade')
"""


def connection_parameters(database: str) -> dict:
    """Return libpq parameters for a connection outside of Odoo's pool."""
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
    """Tell whether a pooler lends the session of this connection to other clients
    between transactions: then it can neither keep locks nor receive notifications.

    ``open_other(database)`` opens another connection.
    """
    session = await _session(connection)
    if session == connection.client_side_pid:
        # sent when it was opened: a pooler cannot know it yet and invents a number
        return False
    other = await open_other(connection.database)
    try:
        await other.execute("BEGIN")
        # its transaction is open now, and keeps its session
        lent = await _session(other)
        return lent == session or await _session(connection) != session
    finally:
        other.close()


async def _session(connection: MonitorConnection) -> int:
    [(pid,)] = await connection.execute("SELECT pg_backend_pid()")
    return pid


class Databases:
    """The names of the databases, refreshed periodically.

    ``on_answer()`` is called in another thread when the list was refreshed.
    """

    def __init__(self, names: list[str] | None, on_answer: Callable[[], None]):
        self._fixed = names
        self._on_answer = on_answer
        self._names: list[str] = []
        self._look_at = 0.0
        self._asking: threading.Thread | None = None
        self._is_failing = False

    def look(self) -> list[str]:
        """Return the known names, without waiting for a refresh."""
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + LOOK_EVERY
            if names := self._fixed or config["db_name"]:
                self._names = list(names)
            elif not (self._asking and self._asking.is_alive()):
                # in a thread: it uses Odoo's pool and may take long
                self._asking = threading.Thread(
                    target=self._ask, name="queue_job.databases", daemon=True
                )
                self._asking.start()
        return self._names

    def _ask(self) -> None:
        try:
            # Odoo returns an empty list if it gets no answer
            self._names = list_dbs(True) or self._names
            self._is_failing = False
        except psycopg2.Error as error:
            if not self._is_failing:
                self._is_failing = True
                _logger.warning("Cannot list the databases: error=%s", error)
        self._on_answer()

    def seconds(self) -> float:
        """Return the seconds until the next refresh."""
        return max(0.0, self._look_at - time.monotonic())
