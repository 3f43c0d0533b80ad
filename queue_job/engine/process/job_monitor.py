"""What the watcher does about the jobs its process runs: time limits, stops, progress,
and giving back what waits behind a long one.
"""

import logging
import threading
import time

from ..config import grace_seconds
from ..run import sql
from ..run.interrupt import PATIENCE as PATIENCE_WITH_THREAD
from ..run.interrupt import Interruption
from ..run.lease import Hand, LeasedJob
from ..run.outcome import settle_stuck

_logger = logging.getLogger(__name__)

#: Seconds after which nothing waits any longer behind a job that takes long.
PATIENCE = 0.5
#: The same for a job whose thread does not come back while the server stops.
PATIENCE_AT_SHUTDOWN = 1.0
#: Seconds that storing the fate of a job may take whose thread does not come back.
PATIENCE_WITH_ITS_FATE = 30.0
#: Seconds between two looks at what is asked of the jobs in hand.
LOOK_EVERY = 1.0


class Overseer:
    """Looks after the hands of one station.

    ``execute(statement, params)`` runs in the watcher's session and returns the rows.
    """

    def __init__(self, station, node, execute):
        self._station = station
        self._node = node
        self._execute = execute
        self._stopping_since: float | None = None
        self._look_at = 0.0

    async def look(self, is_called: bool) -> None:
        """Do what is due for the jobs in hand; ``is_called``: something was asked."""
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
            # what is to be stored may wait for what the job itself has locked
            is_late = now - leased.given_up > PATIENCE_WITH_ITS_FATE
            if leased.settled or is_late:
                await self._node.abandon_process()
            return
        if not hand.interrupt(leased, why):
            # what becomes of it is being stored
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
        """Store the fate of a job whose thread does not come back.

        Whatever that thread still does, it has lost its lease.
        """
        _logger.error(
            "Job %s does not end, though it was asked to: %s", leased.uuid, why
        )
        leased.given_up = time.monotonic()
        lost = {"id": leased.id, "lease": hand.lease}
        if why.kind == "shutdown" or not await self._execute(sql.TAKE_FROM_STUCK, lost):
            await self._node.abandon_process()
            return
        # in a thread, as it may call the job's own code, and the heart must beat on
        threading.Thread(
            target=self._settle,
            args=(leased, why),
            name="queue_job.stuck",
            daemon=True,
        ).start()

    def _settle(self, leased: LeasedJob, why: Interruption) -> None:
        settle_stuck(self._station.database, leased.uuid, why)
        leased.settled = True
        # the watcher ends the process: its connections are used by no other thread
        self._node.call_watcher()
