"""The monitoring of one database by one process.

A separate connection, used only by the supervisor's thread: it holds the locks that
prove that the workers are alive, sends their heartbeat, and receives notifications of
work.

It is closed if it does not answer, and opened again, with exponential backoff. The new
connection ends the session of the previous one, which holds the locks and might persist
for hours, so the workers keep their ids and their jobs. If no heartbeat was possible
during the whole timeout, other processes have rescued the jobs: then the sessions of
the workers are closed, so that none of them runs unsupervised.
"""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING, Any

import psycopg2
from psycopg2.extensions import TransactionRollbackError

from ..claim.claimer import POLL_INTERVAL
from ..config import heartbeat_timeout
from ..connection.dead_connections import DeadConnections
from ..connection.monitor_connection import MonitorConnection
from ..connection.outage import Outage
from ..run.lease import LeasedBatch
from ..sql import rescue
from . import sql
from .databases import DATABASES_INTERVAL
from .deaths import note_deaths
from .heartbeat import HEARTBEATS_PER_TIMEOUT, Heartbeat
from .job_monitor import JobMonitor
from .registration import Registrar, WorkerRegistration
from .rescuer import Rescuer
from .wake_up import WakeUp

if TYPE_CHECKING:
    from .process import JobProcess

_logger = logging.getLogger(__name__)

#: Seconds between two checks of the jobs of this process; needs no query.
JOB_POLL_INTERVAL = 0.5
#: Seconds before the first attempt to reconnect to an unreachable database.
RECONNECT_INTERVAL = 1.0
#: Maximum number of seconds between two attempts.
MAX_RECONNECT_INTERVAL = 30.0
#: Seconds that an answer may take when the process is about to end.
LEAVE_TIMEOUT = 2.0


class DatabaseMonitor:
    """See the module. ``process`` is notified when a worker has something to do."""

    def __init__(self, database: str, process: JobProcess) -> None:
        self.database = database
        self._process = process
        self._clock = process.clock
        timeout = heartbeat_timeout()
        self.registrations = [
            WorkerRegistration(slot, database, timeout) for slot in range(process.slots)
        ]
        self._registrar = Registrar(self.registrations, process.kind)
        self._outage = Outage(
            _logger,
            database,
            "Database unavailable",
            "Database available again",
            RECONNECT_INTERVAL,
            min(MAX_RECONNECT_INTERVAL, timeout / HEARTBEATS_PER_TIMEOUT),
        )
        self._job_monitor = JobMonitor(self, process, self._execute)
        self._rescuer = Rescuer(self, timeout, self._execute, self._clock)
        self._heartbeat = Heartbeat(database, self._registrar, timeout, self._clock)
        self.dead_connections = DeadConnections(database, self._execute, self._clock)
        self._connection: MonitorConnection | None = None
        self._open_at = 0.0
        self._wake_up = WakeUp()
        #: How often the workers were notified.
        self.notifications = 0
        #: See :class:`.process.JobProcess`.
        self.deaths: list[tuple[int, str]] = []

    # -- connection ---------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        return self._connection is not None

    @property
    def is_answering(self) -> bool:
        """Tell whether the connection is open and not lost."""
        return self._connection is not None and not self._connection.closed

    @property
    def ids(self) -> list[int]:
        """The ids of the registered workers."""
        return self._registrar.ids

    @property
    def is_working(self) -> bool:
        """Tell whether one of the workers holds a lease."""
        return any(registration.batch for registration in self.registrations)

    async def open(self) -> None:
        """Connect and register the workers, unless that is not possible now."""
        if self.is_open or self._clock() < self._open_at:
            return
        try:
            self._connection = await self._registrar.open(self.database)
            if self._connection:
                host = socket.gethostname()
                await note_deaths(self._connection, host, self.deaths)
        except psycopg2.Error as error:
            self._open_at = self._clock() + self._outage.note(error)
            return
        self._outage.end()
        if not self._connection:
            self._open_at = self._clock() + DATABASES_INTERVAL
            return
        # the ids that were kept have an old heartbeat
        self._heartbeat.due_at = 0.0
        self._rescuer.begin()
        self.notify_workers()

    def close(self) -> None:
        """Close the connection; PostgreSQL releases the locks once it notices."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    async def leave(self) -> None:
        """Unregister the workers and release what they have leased, for good."""
        ids = self.ids
        try:
            if self.is_open and ids:
                self._connection.deadline = LEAVE_TIMEOUT
                own = {"ids": ids, "blame": False}
                for statement in (
                    rescue.RESCUE_JOBS.text,
                    rescue.DELETE_LEASES,
                    sql.UNREGISTER,
                ):
                    await self._execute(statement, own)
        except psycopg2.Error as error:
            _logger.debug(
                "Workers not unregistered: database=%s error=%s", self.database, error
            )
        self.close()

    # -- for the supervisor -------------------------------------------------------

    def seconds_until_due(self) -> float:
        """Return the seconds until :meth:`poll` has something to do."""
        now = self._clock()
        if not self.is_open:
            return max(0.0, min(self._open_at, self._heartbeat.expires_at) - now)
        if self._connection.has_notifications:
            return 0.0
        due = [
            self._heartbeat.due_at,
            self._rescuer.due(now),
            self.dead_connections.due(),
        ]
        if self.is_working:
            due.append(now + JOB_POLL_INTERVAL)
        return max(0.0, min(due) - now)

    async def wait(self) -> None:
        """Wait until there is something to do, or :meth:`notify`."""
        fileno = self._connection.fileno() if self.is_answering else None
        await self._wake_up.wait(self.seconds_until_due(), fileno)

    def notify(self) -> None:
        """End :meth:`wait`; only for the thread of the supervisor."""
        self._wake_up.notify()

    async def poll(self) -> None:
        """Do what is due: read notifications, send the heartbeat, monitor the jobs of
        this process, rescue those of dead workers."""
        if not self.is_open:
            self.dead_connections.note()
            self._heartbeat.close_sessions_if_expired()
            await self.open()
            return
        try:
            is_notified = self._read_notifications()
            if self._clock() >= self._heartbeat.due_at:
                await self._send_heartbeat()
            await self._job_monitor.poll(is_notified)
            await self._rescuer.poll(self._clock())
            await self.dead_connections.poll()
        except TransactionRollbackError as error:
            _logger.debug(
                "Conflict while monitoring: database=%s error=%s", self.database, error
            )
        except psycopg2.Error as error:
            if not self._connection.closed:
                # its session holds the locks of all workers of this process
                _logger.warning(
                    "Monitoring failed: database=%s error=%s",
                    self.database,
                    str(error).strip(),
                )
                retry_at = self._clock() + JOB_POLL_INTERVAL
                self._heartbeat.due_at = min(self._heartbeat.due_at, retry_at)
                return
            self.close()
            self._outage.note(error)
            self._open_at = 0.0

    async def _execute(self, statement: str, params: dict | None = None) -> list:
        if self._connection is None:
            raise psycopg2.InterfaceError("the monitoring connection is closed")
        return await self._connection.execute(statement, params)

    async def cancel(self, connection: Any) -> None:
        """Cancel the current statement of a connection of this process.

        :raises psycopg2.Error: if the server cannot be asked
        """
        if self.dead_connections.is_direct:
            # libpq would open another connection for it, and wait without limit
            try:
                pid = connection.get_backend_pid()
                await self._execute(sql.CANCEL, {"pid": pid})
                return
            except psycopg2.errors.InsufficientPrivilege as error:
                _logger.debug("Session of another role not cancelled: error=%s", error)
        connection.cancel()

    def _read_notifications(self) -> bool:
        is_notified = self._connection.read_notifications()
        if is_notified:
            self._rescuer.note_notification(self._clock())
            self.notify_workers()
        return is_notified

    async def _send_heartbeat(self) -> None:
        if await self._registrar.unlock_retired(self._execute):
            self._rescuer.begin()
        is_late, known = await self._heartbeat.send(self._execute)
        if is_late:
            # this process or all of them were frozen: other heartbeats may be as late
            self._rescuer.trust_no_heartbeat(self._clock())
        if any(not registration.worker for registration in self.registrations):
            await self._registrar.add(self._connection, known)
            self.notify_workers()

    # -- for the workers ----------------------------------------------------------

    def others_work(self) -> None:
        """Note that other workers hold leases, which must be supervised."""
        self._rescuer.others_work = True
        self._notify_supervisor()

    def watch(self, registration: WorkerRegistration, batch: LeasedBatch) -> None:
        """Make the job monitor check what a worker has leased now."""
        registration.batch = batch
        self._notify_supervisor()

    def _notify_supervisor(self) -> None:
        if not self._rescuer.polls_soon(self._clock()):
            self._process.notify_supervisor()

    def notify_workers(self) -> None:
        """Make every worker claim."""
        self.notifications += 1
        for registration in self.registrations:
            registration.claim_at = 0.0
        self._process.notify_workers()

    def set_next_claim(
        self, registration: WorkerRegistration, seconds: float, notifications: int
    ) -> None:
        """Postpone a worker's next claim, unless it was notified since there were so
        many ``notifications``."""
        claim_at = self._clock() + min(seconds, POLL_INTERVAL)
        registration.claim_at = claim_at
        if self.notifications != notifications:
            registration.claim_at = 0.0

    def unregistered(self, registration: WorkerRegistration) -> None:
        """Note that a worker's id is no longer known: it must register again."""
        registration.worker = None
        self._heartbeat.due_at = 0.0
        self._process.notify_supervisor()

    def retire(self, registration: WorkerRegistration) -> None:
        """Give up the id of a worker whose connection broke, with its leases.

        It continues under a new one; its jobs are rescued as those of a dead worker.
        """
        self._registrar.retire(registration)
        self.unregistered(registration)
