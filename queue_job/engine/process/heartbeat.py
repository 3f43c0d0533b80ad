"""The heartbeat of the workers of one process in one database."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from typing import Any

from ..clock import Clock
from ..connection import tcp
from . import sql
from .registration import Registrar

_logger = logging.getLogger(__name__)

#: Heartbeats per heartbeat timeout.
HEARTBEATS_PER_TIMEOUT = 3


class Heartbeat:
    """Sends the heartbeat, and knows when other processes consider the workers dead.

    ``due_at``: when to send the next one, on ``clock``; ``timeout``: seconds without
    one after which other processes rescue the jobs of these workers.
    """

    def __init__(
        self, database: str, registrar: Registrar, timeout: float, clock: Clock
    ) -> None:
        self._database = database
        self._registrar = registrar
        self._timeout = timeout
        self._clock = clock
        self.due_at = 0.0
        self._sent_at = clock()
        self._is_expired = False

    @property
    def expires_at(self) -> float:
        """When to close the sessions of the workers, infinity if they are closed."""
        return math.inf if self._is_expired else self._sent_at + self._timeout

    async def send(self, execute: Callable[..., Any]) -> tuple[bool, set[int]]:
        """Send it; return whether it was late, and the ids that are still registered.

        ``execute(statement, params)`` runs on the monitoring connection.

        :raises psycopg2.Error: if it cannot be sent
        """
        ids = self._registrar.ids
        known = {row[0] for row in await execute(sql.HEARTBEAT, {"ids": ids})}
        now = self._clock()
        interval = self._timeout / HEARTBEATS_PER_TIMEOUT
        is_late = now - self._sent_at > 2 * interval
        self._sent_at = now
        self._is_expired = False
        self.due_at = now + interval
        if lost := set(ids) - known:
            _logger.warning(
                "Workers were considered dead, registering again: database=%s "
                "workers=%s",
                self._database,
                sorted(lost),
            )
            self._registrar.forget_all_but(known)
        return is_late, known

    def close_sessions_if_expired(self) -> None:
        """Close the sessions of workers whose jobs were rescued long ago."""
        if self._clock() < self.expires_at:
            return
        self._is_expired = True
        connections = self._registrar.connections
        if connections:
            _logger.warning(
                "Sessions of workers closed, their jobs were rescued: database=%s "
                "seconds_without_heartbeat=%d workers=%d",
                self._database,
                self._timeout,
                len(connections),
            )
        for connection in connections:
            tcp.shut(connection)
