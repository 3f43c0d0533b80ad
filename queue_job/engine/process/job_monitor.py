"""Monitors the jobs that this process runs: time limits, stops, progress, and releasing
the leased jobs behind a long one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..config import grace_seconds
from ..run import sql
from ..run.interrupt import (
    INTERRUPT_TIMEOUT,
    SHUTDOWN,
    STOP,
    TIME_LIMIT,
    Interruption,
)
from ..run.lease import LeasedBatch
from ..run.leased_job import LeasedJob
from ..run.outcome import store_abandoned

if TYPE_CHECKING:
    from .database_monitor import DatabaseMonitor
    from .process import JobProcess

_logger = logging.getLogger(__name__)

#: Seconds after which the leased jobs behind a running one are released.
UNSTARTED_TIMEOUT = 0.5
#: Seconds that an interrupted job has to end while the server stops.
SHUTDOWN_TIMEOUT = 1.0
#: Seconds that storing the outcome of an abandoned job may take.
OUTCOME_TIMEOUT = 30.0
#: Seconds between two checks for stop requests.
STOP_POLL_INTERVAL = 1.0


class JobMonitor:
    """Monitors the jobs that the workers of one process run in one database.

    ``execute(statement, params)`` runs on the monitoring connection and returns rows.
    """

    def __init__(
        self, monitor: DatabaseMonitor, process: JobProcess, execute: Callable[..., Any]
    ) -> None:
        self._monitor = monitor
        self._process = process
        self._execute = execute
        self._stopping_since: float | None = None
        self._poll_at = 0.0

    async def poll(self, is_notified: bool) -> None:
        """Do what is due for the running jobs; ``is_notified``: there was a
        notification."""
        now = self._process.clock()
        stopping = self._process.stopping.is_set()
        if stopping and self._stopping_since is None:
            self._stopping_since = now
        batches = [
            registration.batch
            for registration in self._monitor.registrations
            if registration.batch
        ]
        for batch in batches:
            await self._release_unstarted(batch, 0 if stopping else UNSTARTED_TIMEOUT)
            if progress := batch.progress.pop():
                values = {"lease": batch.lease, **progress}
                await self._execute(sql.NOTE_PROGRESS, values)
            if leased := batch.current:
                await self._check_time(batch, leased, now)
        if batches and (is_notified or now >= self._poll_at):
            self._poll_at = now + STOP_POLL_INTERVAL
            await self._interrupt_stopped(batches)

    async def _release_unstarted(self, batch: LeasedBatch, timeout: float) -> None:
        if ids := batch.release_unstarted(timeout):
            await self._execute(
                sql.RELEASE_UNSTARTED, {"ids": ids, "lease": batch.lease}
            )

    async def _check_time(
        self, batch: LeasedBatch, leased: LeasedJob, now: float
    ) -> None:
        limit = leased.time_limit
        if limit and now - batch.current_since > limit:
            await self._interrupt(
                batch, leased, Interruption(TIME_LIMIT, seconds=limit)
            )
        since = self._stopping_since
        if since is not None and now - since > grace_seconds():
            await self._interrupt(batch, leased, Interruption(SHUTDOWN))

    async def _interrupt_stopped(self, batches: list[LeasedBatch]) -> None:
        by_lease = {batch.lease: batch for batch in batches}
        requests = await self._execute(sql.STOPS_ASKED, {"leases": list(by_lease)})
        for lease, job, by in requests:
            leased = by_lease[lease].current
            if leased and leased.id == job:
                await self._interrupt(
                    by_lease[lease], leased, Interruption(STOP, by=by)
                )

    async def _interrupt(
        self, batch: LeasedBatch, leased: LeasedJob, why: Interruption
    ) -> None:
        now = self._process.clock()
        if leased.abandoned_at:
            # storing the outcome may wait for locks of the job itself
            is_late = now - leased.abandoned_at > OUTCOME_TIMEOUT
            if leased.settled or is_late:
                await self._process.abandon_process()
            return
        if not batch.interrupt(leased, why):
            # its outcome is being stored
            return
        if leased.interruptible:
            await leased.interruptible.cancel(self._monitor.cancel)
        leased.interrupted_at = leased.interrupted_at or now
        at_shutdown = why.kind == SHUTDOWN
        if now - leased.interrupted_at > (
            SHUTDOWN_TIMEOUT if at_shutdown else INTERRUPT_TIMEOUT
        ):
            await self._abandon(batch, leased, why)

    async def _abandon(
        self, batch: LeasedBatch, leased: LeasedJob, why: Interruption
    ) -> None:
        """Store the outcome of a job whose thread is stuck.

        Whatever that thread still does, it has lost the lease.
        """
        _logger.error(
            "Job does not respond to its interruption, abandoned: job=%s reason=%s",
            leased.uuid,
            why,
        )
        leased.abandoned_at = self._process.clock()
        lost = {"id": leased.id, "lease": batch.lease}
        if why.kind == SHUTDOWN or not await self._execute(sql.REVOKE_LEASE, lost):
            await self._process.abandon_process()
            return
        # in a thread, as it may call the job's own code, and heartbeats must continue
        threading.Thread(
            target=self._store_abandoned,
            args=(leased, why),
            name="queue_job.abandoned",
            daemon=True,
        ).start()

    def _store_abandoned(self, leased: LeasedJob, why: Interruption) -> None:
        store_abandoned(self._monitor.database, leased.uuid, why)
        leased.settled = True
        # the supervisor ends the process: only it may use its connections
        self._process.notify_supervisor()
