"""Takes back the jobs of workers that died, for those who live."""

import logging
import math
import time

import psycopg2

from ..sql import LOCK_DISPATCH, WAKE, rescue
from . import sql

_logger = logging.getLogger(__name__)

#: Seconds between two looks for dead workers, while somebody may hold leases.
LOOK_EVERY = 1.0
#: Seconds to look for dead workers after work came up.
WATCH_AFTER_CALL = 10.0
#: Seconds between two looks for jobs that run for nobody.
ORPHANS_EVERY = 60.0

#: A timeout in seconds that no heartbeat exceeds.
_NEVER = 1e9


class Rescuer:
    """Looks after the other workers of one database, in the watcher's session.

    While nobody works nobody is looked for, so an idle node asks nothing.

    ``others_work``: other workers hold leases; ``timeout``: seconds without heartbeat
    after which a worker counts as frozen; ``execute(statement, params)`` runs in the
    watcher's session and returns the rows.
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
        """Look at everything now: the station was just opened."""
        self._look_at = self._orphans_at = 0.0
        self.others_work = True

    def trust_no_heartbeat(self, now: float) -> None:
        """Take nobody for frozen before all had the time for a heartbeat."""
        self._trust_heartbeats_at = now + self._timeout

    def note_call(self, now: float) -> None:
        """Note that work came up: others were called too, and hold leases soon."""
        if not self._is_watching(now):
            # nobody worked, so nobody died: the call itself is more urgent
            self._look_at = now + LOOK_EVERY
        self._watch_until = now + WATCH_AFTER_CALL

    def due(self, now: float) -> float:
        """Return when to look for the dead, on the monotonic clock."""
        return self._look_at if self._is_watching(now) else math.inf

    async def look(self, now: float) -> None:
        """Do what is due.

        :raises psycopg2.Error: when the connection is lost, or on a collision
        """
        if now >= self.due(now):
            self._look_at = now + LOOK_EVERY
            await self._rescue(now)
        if now >= self._orphans_at:
            self._orphans_at = now + ORPHANS_EVERY
            await self._execute(rescue.TAKE_BACK_ORPHANS)

    def comes_by(self, now: float) -> bool:
        """Tell whether the watcher is sure to come by soon, without being called.

        Only what the watcher itself noted counts: it knows that before it sleeps.
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
        rows = await self._execute(
            rescue.FIND_DEAD, {"ids": own_ids, "timeout": timeout}
        )
        dead = {"ids": [row[0] for row in rows], "blame": True}
        if not dead["ids"]:
            return
        if trusts_heartbeats and time.monotonic() - now > LOOK_EVERY:
            # the answer was long in coming: nobody could beat meanwhile
            self.trust_no_heartbeat(time.monotonic())
            return
        await self._execute(rescue.END_SESSIONS, dead)
        await self._execute(LOCK_DISPATCH)
        jobs = [row[0] for row in await self._execute(rescue.TAKE_BACK.text, dead)]
        await self._execute(rescue.DELETE_LEASES_WITHOUT_JOBS, dead)
        rows = await self._execute(rescue.DELETE_WORKERS_WITHOUT_LEASES, dead)
        buried = [row[0] for row in rows]
        await self._execute(WAKE)
        if jobs or buried:
            _logger.log(
                logging.WARNING if jobs else logging.INFO,
                "%s: workers %s are dead; their jobs run again: %s",
                self._station.database,
                dead["ids"],
                ", ".join(jobs) or "none",
            )
