"""The databases this process serves."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import psycopg2

from odoo.service.db import list_dbs
from odoo.tools import config

from ..clock import Clock, monotonic
from ..connection.monitor_connection import MonitorConnection
from . import sql

_logger = logging.getLogger(__name__)

#: Seconds between two searches for new databases.
DATABASES_INTERVAL = 20.0


async def is_served(connection: MonitorConnection) -> bool:
    """Tell whether queue_job is installed in this database."""
    [(has_tables,)] = await connection.execute(sql.IS_SERVED)
    return has_tables and bool(await connection.execute(sql.IS_INSTALLED))


class Databases:
    """The names of the databases, refreshed periodically.

    ``on_answer()`` is called in another thread when the list was refreshed.
    """

    def __init__(
        self,
        names: list[str] | None,
        on_answer: Callable[[], None],
        clock: Clock = monotonic,
    ) -> None:
        self._clock = clock
        self._fixed = names
        self._on_answer = on_answer
        self._names: list[str] = []
        self._ask_at = 0.0
        self._asking: threading.Thread | None = None
        self._is_failing = False

    def names(self) -> list[str]:
        """Return the known names, without waiting for a refresh."""
        now = self._clock()
        if now >= self._ask_at:
            self._ask_at = now + DATABASES_INTERVAL
            if names := self._fixed or config["db_name"]:
                self._names = list(names)
            elif not (self._asking and self._asking.is_alive()):
                # in a thread: it uses Odoo's pool, and may take long
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
                _logger.warning("Databases cannot be listed: error=%s", error)
        self._on_answer()

    def seconds_until_due(self) -> float:
        """Return the seconds until the next refresh."""
        return max(0.0, self._ask_at - self._clock())
