"""Rescues the jobs of dead workers."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import psycopg2

from ..clock import Clock, monotonic
from ..sql import LOCK_DISPATCH, NOTIFY_WORKERS, rescue
from . import sql

if TYPE_CHECKING:
    from .database_monitor import DatabaseMonitor

_logger = logging.getLogger(__name__)

#: Seconds between two searches for dead workers, while any may hold leases.
RESCUE_INTERVAL = 1.0
#: Seconds to search for dead workers after a notification.
WATCH_AFTER_NOTIFICATION = 10.0
#: Seconds between two searches for orphaned jobs.
ORPHAN_INTERVAL = 60.0

#: A timeout in seconds that no heartbeat exceeds.
_NEVER = 1e9


class Rescuer:
    """Checks the other workers of one database, on the monitoring connection.

    While no worker holds a lease nothing is checked, so an idle server sends no query.

    ``others_work``: other workers hold leases; ``timeout``: seconds without heartbeat
    after which a worker counts as frozen; ``execute(statement, params)`` runs on
    the monitoring connection and returns rows.
    """

    def __init__(
        self,
        monitor: DatabaseMonitor,
        timeout: float,
        execute: Callable[..., Any],
        clock: Clock = monotonic,
    ) -> None:
        self._clock = clock
        self.others_work = False
        self._execute = execute
        self._monitor = monitor
        self._timeout = timeout
        self._poll_at = 0.0
        self._orphans_at = 0.0
        self._watch_until = 0.0
        self._trust_heartbeats_at = 0.0

    def begin(self) -> None:
        """Check everything now: the connection was just opened."""
        self._poll_at = self._orphans_at = 0.0
        self.others_work = True

    def trust_no_heartbeat(self, now: float) -> None:
        """Consider no worker frozen before all had time for a heartbeat."""
        self._trust_heartbeats_at = now + self._timeout

    def note_notification(self, now: float) -> None:
        """Note a notification: other workers got it too, and will hold leases soon."""
        if not self._is_watching(now):
            # no worker held a lease, so none died: the work itself is more urgent
            self._poll_at = now + RESCUE_INTERVAL
        self._watch_until = now + WATCH_AFTER_NOTIFICATION

    def due(self, now: float) -> float:
        """Return when to search for dead workers, on the clock."""
        return self._poll_at if self._is_watching(now) else math.inf

    async def poll(self, now: float) -> None:
        """Do what is due.

        :raises psycopg2.Error: if the connection is lost, or on a conflict
        """
        if now >= self.due(now):
            self._poll_at = now + RESCUE_INTERVAL
            await self._rescue(now)
        if now >= self._orphans_at:
            self._orphans_at = now + ORPHAN_INTERVAL
            await self._execute(rescue.RESCUE_ORPHANS)

    def polls_soon(self, now: float) -> bool:
        """Tell whether the supervisor will poll soon, without a notification.

        Only what the supervisor itself noted counts: it knows that before it sleeps.
        """
        return now + RESCUE_INTERVAL < self._watch_until

    def _is_watching(self, now: float) -> bool:
        return self.others_work or now < self._watch_until or self._monitor.is_working

    async def _rescue(self, now: float) -> None:
        ids = self._monitor.ids
        await self._execute("BEGIN")
        try:
            await self._reap_dead_workers(ids, now)
        except psycopg2.Error:
            if self._monitor.is_answering:
                await self._execute("ROLLBACK")
            raise
        await self._execute("COMMIT")
        [(self.others_work,)] = await self._execute(
            sql.OTHERS_HOLD_LEASES, {"ids": ids}
        )

    async def _reap_dead_workers(self, own_ids: list[int], now: float) -> None:
        trusts_heartbeats = now >= self._trust_heartbeats_at
        timeout = self._timeout if trusts_heartbeats else _NEVER
        rows = await self._execute(
            rescue.FIND_DEAD, {"ids": own_ids, "timeout": timeout}
        )
        dead = {"ids": [row[0] for row in rows], "blame": True}
        if not dead["ids"]:
            return
        if trusts_heartbeats and self._clock() - now > RESCUE_INTERVAL:
            # the answer took long: no worker could send a heartbeat in the meantime
            self.trust_no_heartbeat(self._clock())
            return
        await self._execute(rescue.END_SESSIONS, dead)
        await self._execute(LOCK_DISPATCH)
        jobs = [row[0] for row in await self._execute(rescue.RESCUE_JOBS.text, dead)]
        await self._execute(rescue.DELETE_LEASES_WITHOUT_JOBS, dead)
        rows = await self._execute(rescue.DELETE_WORKERS_WITHOUT_LEASES, dead)
        reaped = [row[0] for row in rows]
        await self._execute(NOTIFY_WORKERS)
        if jobs or reaped:
            _logger.log(
                logging.WARNING if jobs else logging.INFO,
                "Dead workers reaped, their jobs run again: database=%s workers=%s "
                "jobs=%s",
                self._monitor.database,
                dead["ids"],
                ", ".join(jobs) or "none",
            )
