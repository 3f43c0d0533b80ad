"""Registration of the workers of a process in a database: their ids, and the locks that
prove they are alive.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import psycopg2

from ..connection.monitor_connection import MonitorConnection
from ..connection.outage import Outage
from ..connection.pooler import shares_sessions
from . import databases, sql

if TYPE_CHECKING:
    from ..run.lease import LeasedBatch

_logger = logging.getLogger(__name__)

#: Seconds before the first attempt of a worker to reconnect.
WORKER_RECONNECT_INTERVAL = 0.5


class WorkerRegistration:
    """One worker of this process in one database.

    ``worker``: its id, None while it is not registered; ``claim_at``: when to claim
    next, on the clock of the process; a notification brings it forward;
    ``not_before``: the earliest time after an error; ``has_lease``: its next claim has
    a lease to settle; ``batch``: the jobs it runs; ``connection``: the one on which it
    claims and runs jobs; ``outage``: whether that one is lost.
    """

    def __init__(self, slot: int, database: str, timeout: float) -> None:
        self.slot = slot
        self.worker: int | None = None
        self.claim_at = 0.0
        self.not_before = 0.0
        self.has_lease = False
        self.batch: LeasedBatch | None = None
        self.connection = None
        self.outage = Outage(
            _logger,
            database,
            "Worker lost its connection",
            "Worker connected again",
            WORKER_RECONNECT_INTERVAL,
            timeout / 3,
        )

    @property
    def due(self) -> float:
        """When to claim, on the clock of the process."""
        return max(self.claim_at, self.not_before)


class Registrar:
    """Registers the workers of one process, on one connection after the other."""

    def __init__(self, registrations: list[WorkerRegistration], kind: str) -> None:
        self.registrations = registrations
        self._kind = kind
        self._backend: tuple[int, float] | None = None
        self._retired: list[int] = []

    @property
    def ids(self) -> list[int]:
        """The ids of the registered workers."""
        return [
            registration.worker
            for registration in self.registrations
            if registration.worker
        ]

    @property
    def connections(self) -> list:
        """The connections on which the workers claim and run jobs now."""
        found = (registration.connection for registration in self.registrations)
        return [connection for connection in found if connection]

    def retire(self, registration: WorkerRegistration) -> None:
        """Give up the id of a worker; once the id is unlocked, its jobs are rescued as
        those of a dead worker."""
        if registration.worker:
            self._retired.append(registration.worker)
        registration.worker = None

    async def unlock_retired(self, execute: Callable[..., Any]) -> bool:
        """Unlock the ids that were given up; tell whether there were any.

        ``execute(statement, params)`` runs on the monitoring connection.

        :raises psycopg2.Error: when they cannot be unlocked
        """
        has_any = bool(self._retired)
        while self._retired:
            await execute(sql.UNLOCK, {"id": self._retired[0]})
            self._retired.pop(0)
        return has_any

    def forget_all_but(self, known: set[int]) -> None:
        """Note that workers with other ids must register again."""
        for registration in self.registrations:
            if registration.worker not in known:
                registration.worker = None

    async def open(self, database: str) -> MonitorConnection | None:
        """Return a connection that listens, and keeps the workers registered; None if
        the database does not run jobs.

        :raises psycopg2.Error: if it cannot be reached
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
        """Register the workers whose id is not in ``kept`` under new ids."""
        for registration in self.registrations:
            if registration.worker in kept:
                continue
            [(worker, _locked)] = await connection.execute(sql.NEW_WORKER_ID)
            await connection.execute(
                sql.REGISTER,
                {
                    "id": worker,
                    "node": socket.gethostname(),
                    "pid": os.getpid(),
                    "kind": self._kind,
                    "slot": registration.slot,
                },
            )
            registration.worker = worker
            registration.has_lease = False

    async def _take_over(self, connection: MonitorConnection) -> set[int]:
        """Lock the worker ids that the previous connection held; return those that are
        still registered."""
        ids = self.ids
        if not ids or not self._backend:
            return set()
        pid, start = self._backend
        try:
            await connection.execute(
                sql.TAKE_OVER, {"ids": ids, "pid": pid, "start": start}
            )
        except psycopg2.errors.QueryCanceled as error:
            _logger.debug(
                "Locks not free: database=%s error=%s", connection.database, error
            )
            return set()
        rows = await connection.execute(sql.STILL_REGISTERED, {"ids": ids})
        kept = {row[0] for row in rows}
        for worker in set(ids) - kept:
            await connection.execute(sql.UNLOCK, {"id": worker})
        return kept

    async def _is_served(self, connection: MonitorConnection) -> bool:
        if not await databases.is_served(connection):
            return False
        if await shares_sessions(connection, MonitorConnection.open):
            _logger.error(
                "Jobs not run, a connection pooler shares sessions between "
                "transactions; set jobrunner_db_host and jobrunner_db_port in "
                "[queue_job] to the address of PostgreSQL itself: database=%s",
                connection.database,
            )
            return False
        return True
