"""Monitors the jobs that this process runs: time limits, stops, progress, and releasing
the leased jobs behind a long one.
"""

import logging
import threading
import time

from .config import grace_seconds
from .hand import Hand, LeasedJob
from .interrupt import PATIENCE as PATIENCE_WITH_THREAD
from .interrupt import Interruption
from .outcome import settle_stuck
from .sql import lease as sql

_logger = logging.getLogger(__name__)

#: Seconds after which the leased jobs behind a running one are released.
PATIENCE = 0.5
#: Seconds that a stuck thread has to end while the server stops.
PATIENCE_AT_SHUTDOWN = 1.0
#: Seconds that storing the outcome of a job with a stuck thread may take.
PATIENCE_WITH_ITS_FATE = 30.0
#: Seconds between two checks for stop requests.
LOOK_EVERY = 1.0


class Overseer:
    """Monitors the running jobs of one database.

    ``execute(statement, params)`` runs in the monitoring session and returns rows.
    """

    def __init__(self, station, node, execute):
        self._station = station
        self._node = node
        self._execute = execute
        self._stopping_since: float | None = None
        self._look_at = 0.0

    async def look(self, is_called: bool) -> None:
        """Do what is due for the running jobs; ``is_called``: after a notification."""
        now = time.monotonic()
        stopping = self._node.stopping.is_set()
        if stopping and self._stopping_since is None:
            self._stopping_since = now
        hands = [seat.hand for seat in self._station.seats if seat.hand]
        for hand in hands:
            await self._give_back(hand, 0 if stopping else PATIENCE)
            if progress := hand.take_progress():
                await self._execute(sql.NOTE_PROGRESS, progress)
            if leased := hand.current:
                await self._check_time(hand, leased, now)
        if hands and (is_called or now >= self._look_at):
            self._look_at = now + LOOK_EVERY
            await self._carry_out_stops(hands)

    async def _give_back(self, hand: Hand, patience: float) -> None:
        if ids := hand.take_away(patience):
            await self._execute(sql.GIVE_BACK_JOBS, {"ids": ids, "lease": hand.lease})

    async def _check_time(self, hand: Hand, leased: LeasedJob, now: float) -> None:
        limit = leased.time_limit
        if limit and now - hand.current_since > limit:
            await self._interrupt(
                hand, leased, Interruption("time_limit", seconds=limit)
            )
        since = self._stopping_since
        if since is not None and now - since > grace_seconds():
            await self._interrupt(hand, leased, Interruption("shutdown"))

    async def _carry_out_stops(self, hands: list[Hand]) -> None:
        by_lease = {hand.lease: hand for hand in hands}
        asked = await self._execute(sql.STOPS_ASKED, {"leases": list(by_lease)})
        for lease, job, by in asked:
            leased = by_lease[lease].current
            if leased and leased.id == job:
                await self._interrupt(
                    by_lease[lease], leased, Interruption("stop", by=by)
                )

    async def _interrupt(
        self, hand: Hand, leased: LeasedJob, why: Interruption
    ) -> None:
        now = time.monotonic()
        if leased.given_up:
            # storing the outcome may wait for locks of the job itself
            is_late = now - leased.given_up > PATIENCE_WITH_ITS_FATE
            if leased.settled or is_late:
                await self._node.abandon_process()
            return
        if not hand.interrupt(leased, why):
            # its outcome is being stored
            return
        if leased.interruptible:
            await leased.interruptible.cancel(self._station.cancel)
        leased.asked = leased.asked or now
        at_shutdown = why.kind == "shutdown"
        if now - leased.asked > (
            PATIENCE_AT_SHUTDOWN if at_shutdown else PATIENCE_WITH_THREAD
        ):
            await self._decide_without_it(hand, leased, why)

    async def _decide_without_it(
        self, hand: Hand, leased: LeasedJob, why: Interruption
    ):
        """Store the outcome of a job whose thread is stuck.

        Whatever that thread still does, it has lost its lease.
        """
        _logger.error(
            "Job does not respond to its interruption: job=%s reason=%s",
            leased.uuid,
            why,
        )
        leased.given_up = time.monotonic()
        lost = {"id": leased.id, "lease": hand.lease}
        if why.kind == "shutdown" or not await self._execute(sql.TAKE_FROM_STUCK, lost):
            await self._node.abandon_process()
            return
        # in a thread, as it may call the job's own code, and heartbeats must go on
        threading.Thread(
            target=self._settle,
            args=(leased, why),
            name="queue_job.stuck",
            daemon=True,
        ).start()

    def _settle(self, leased: LeasedJob, why: Interruption) -> None:
        settle_stuck(self._station.database, leased.uuid, why)
        leased.settled = True
        # the monitoring thread ends the process: only it may use its connections
        self._node.call_watcher()
