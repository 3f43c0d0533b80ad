"""How the workers of a process are known to a database: their ids, and the locks that
say they are alive.
"""

import logging
import os
import socket

import psycopg2

from . import databases
from .monitor_connection import MonitorConnection
from .outage import Outage
from .sql import workers as sql

_logger = logging.getLogger(__name__)

#: Seconds before a worker connects again that lost its connection, the first time.
AFTER_LOSS = 0.5


class Seat:
    """One worker of this process in one database.

    ``worker``: its id there, None while it is not registered; ``look_at``: when it is
    worth claiming, on the monotonic clock, which a call brings forward; ``not_before``:
    when it may, after an error; ``has_lease``: its next claim has one to settle;
    ``hand``: what it runs; ``connection``: the one it claims and runs jobs on;
    ``outage``: whether that one is lost.
    """

    def __init__(self, slot: int, database: str, timeout: float):
        self.slot = slot
        self.worker: int | None = None
        self.look_at = 0.0
        self.not_before = 0.0
        self.has_lease = False
        self.hand = None
        self.connection = None
        self.outage = Outage(
            _logger,
            f"Database {database}: the connection of a worker was lost, it connects "
            "again: %s",
            f"Database {database}: a worker is back",
            AFTER_LOSS,
            timeout / 3,
        )

    @property
    def due(self) -> float:
        """When to claim, on the monotonic clock."""
        return max(self.look_at, self.not_before)


class Registration:
    """Of the workers in these seats, by one connection after the other."""

    def __init__(self, seats: list[Seat], kind: str):
        self.seats = seats
        self._kind = kind
        self._backend: tuple[int, float] | None = None

    @property
    def ids(self) -> list[int]:
        """The ids of the workers that are registered."""
        return [seat.worker for seat in self.seats if seat.worker]

    async def open(self, database: str) -> MonitorConnection | None:
        """Return a connection that listens, and keeps the workers registered; None when
        no jobs are run in the database.

        :raises psycopg2.Error: when it cannot be reached
        """
        connection = await MonitorConnection.open(database)
        try:
            if await self._is_served(connection):
                await connection.execute(sql.WATCH_SESSION)
                await self.add(connection, await self._take_over(connection))
                self._backend = connection.backend
                return connection
        except BaseException:
            connection.close()
            raise
        connection.close()
        return None

    async def add(self, connection: MonitorConnection, kept: set[int]) -> None:
        """Give new ids to the workers whose own is not one of these."""
        for seat in self.seats:
            if seat.worker in kept:
                continue
            [(worker, _locked)] = await connection.execute(sql.NEW_WORKER_ID)
            await connection.execute(
                sql.REGISTER,
                {
                    "id": worker,
                    "node": socket.gethostname(),
                    "pid": os.getpid(),
                    "kind": self._kind,
                    "slot": seat.slot,
                },
            )
            seat.worker = worker
            seat.has_lease = False

    async def _take_over(self, connection: MonitorConnection) -> set[int]:
        """Lock the ids of the workers again that another connection had; return those
        that are known still."""
        ids = self.ids
        if not ids or not self._backend:
            return set()
        pid, start = self._backend
        try:
            await connection.execute(
                sql.TAKE_OVER, {"ids": ids, "pid": pid, "start": start}
            )
        except psycopg2.errors.QueryCanceled as error:
            _logger.debug("%s: locks are not free: %s", connection.database, error)
            return set()
        rows = await connection.execute(sql.STILL_REGISTERED, {"ids": ids})
        kept = {row[0] for row in rows}
        for worker in set(ids) - kept:
            await connection.execute(sql.UNLOCK, {"id": worker})
        return kept

    async def _is_served(self, connection: MonitorConnection) -> bool:
        if not await databases.is_served(connection):
            return False
        if await databases.shares_sessions(connection, MonitorConnection.open):
            _logger.error(
                "Database %s: no jobs are run here, because a connection pooler lends "
                "the sessions of PostgreSQL out for one transaction only. Set "
                "jobrunner_db_host and jobrunner_db_port in [queue_job] to where "
                "PostgreSQL itself listens",
                connection.database,
            )
            return False
        return True
