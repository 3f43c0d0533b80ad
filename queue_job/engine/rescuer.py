"""Takes back the jobs of dead workers."""

import logging
import math
import time

import psycopg2

from .sql import WAKE
from .sql import workers as sql

_logger = logging.getLogger(__name__)

#: Seconds between two searches for dead workers, while any may hold leases.
LOOK_EVERY = 1.0
#: Seconds to search for dead workers after a notification.
WATCH_AFTER_CALL = 10.0
#: Seconds between two searches for orphaned jobs.
ORPHANS_EVERY = 60.0

#: A timeout in seconds that no heartbeat exceeds.
_NEVER = 1e9


class Rescuer:
    """Checks the other workers of one database, in the monitoring session.

    While no worker holds a lease nothing is checked, so an idle process sends no query.

    ``others_work``: other workers hold leases; ``timeout``: seconds without heartbeat
    after which a worker counts as frozen; ``execute(statement, params)`` runs in the
    monitoring session and returns the rows.
    """

    def __init__(self, station, timeout: float, execute):
        self.others_work = False
        self._execute = execute
        self._station = station
        self._timeout = timeout
        self._look_at = 0.0
        self._orphans_at = 0.0
        self._watch_until = 0.0
        self._trust_heartbeats_at = 0.0

    def begin(self) -> None:
        """Check everything now: the connection was just opened."""
        self._look_at = self._orphans_at = 0.0
        self.others_work = True

    def trust_no_heartbeat(self, now: float) -> None:
        """Consider no worker frozen before all had the time for a heartbeat."""
        self._trust_heartbeats_at = now + self._timeout

    def note_call(self, now: float) -> None:
        """Note a notification: other workers got it too, and will hold leases soon."""
        if not self._is_watching(now):
            # no worker held a lease, so none died: handle the notification first
            self._look_at = now + LOOK_EVERY
        self._watch_until = now + WATCH_AFTER_CALL

    def due(self, now: float) -> float:
        """Return when to search for dead workers, on the monotonic clock."""
        return self._look_at if self._is_watching(now) else math.inf

    async def look(self, now: float) -> None:
        """Do what is due.

        :raises psycopg2.Error: if the connection is lost, or on a conflict
        """
        if now >= self.due(now):
            self._look_at = now + LOOK_EVERY
            await self._rescue(now)
        if now >= self._orphans_at:
            self._orphans_at = now + ORPHANS_EVERY
            await self._execute(sql.TAKE_BACK_ORPHANS)

    def comes_by(self, now: float) -> bool:
        """Tell whether the monitoring thread will poll soon, without a notification.

        Only what that thread itself noted counts: it knows that before it sleeps.
        """
        return now + LOOK_EVERY < self._watch_until

    def _is_watching(self, now: float) -> bool:
        return self.others_work or now < self._watch_until or self._station.is_working

    async def _rescue(self, now: float) -> None:
        ids = self._station.ids
        await self._execute("BEGIN")
        try:
            await self._bury_dead(ids, now)
        except psycopg2.Error:
            if self._station.is_answering:
                await self._execute("ROLLBACK")
            raise
        await self._execute("COMMIT")
        [(self.others_work,)] = await self._execute(
            sql.OTHERS_HOLD_LEASES, {"ids": ids}
        )

    async def _bury_dead(self, own_ids: list[int], now: float) -> None:
        trusts_heartbeats = now >= self._trust_heartbeats_at
        timeout = self._timeout if trusts_heartbeats else _NEVER
        rows = await self._execute(sql.FIND_DEAD, {"ids": own_ids, "timeout": timeout})
        dead = {"ids": [row[0] for row in rows], "blame": True}
        if not dead["ids"]:
            return
        if trusts_heartbeats and time.monotonic() - now > LOOK_EVERY:
            # the answer took long: no worker could send a heartbeat in the meantime
            self.trust_no_heartbeat(time.monotonic())
            return
        await self._execute(sql.END_SESSIONS, dead)
        await self._execute(sql.LOCK_DISPATCH)
        jobs = [row[0] for row in await self._execute(sql.TAKE_BACK.text, dead)]
        await self._execute(sql.DELETE_LEASES_WITHOUT_JOBS, dead)
        rows = await self._execute(sql.DELETE_WORKERS_WITHOUT_LEASES, dead)
        buried = [row[0] for row in rows]
        await self._execute(WAKE)
        if jobs or buried:
            _logger.log(
                logging.WARNING if jobs else logging.INFO,
                "Dead workers reaped, their jobs run again: database=%s workers=%s "
                "jobs=%s",
                self._station.database,
                dead["ids"],
                ", ".join(jobs) or "none",
            )
