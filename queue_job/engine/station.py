"""The monitoring of one database by one process.

A separate connection, used only by the monitoring thread: it holds the locks that prove
that the workers are alive, sends their heartbeat, and receives notifications of work.

It is closed if it does not answer, and opened again, with exponential backoff. The new
connection ends the session of the previous one, which holds the locks and might persist
for hours, so the workers keep their ids and their jobs. If no heartbeat was possible
during the whole timeout, other processes have taken the jobs over: then the sessions of
the workers are closed, so that none of them runs unsupervised.
"""

import asyncio
import logging
import socket
import time

import psycopg2
from psycopg2.extensions import TransactionRollbackError

from . import databases, wire
from .claim import POLL_INTERVAL
from .config import heartbeat_timeout
from .dead_connections import DeadConnections
from .deaths import note_deaths
from .hand import Hand
from .monitor_connection import MonitorConnection, settle, wait_for_socket
from .outage import Outage
from .overseer import Overseer
from .registration import Registration, Seat
from .rescuer import Rescuer
from .sql import workers as sql

_logger = logging.getLogger(__name__)

#: Heartbeats per heartbeat timeout.
BEATS = 3
#: Seconds between two checks of the jobs of this process; needs no query.
LOOK_AT_JOBS = 0.5
#: Seconds before the first attempt to reconnect to an unreachable database.
RETRY_AFTER = 1.0
#: Maximum number of seconds between two attempts.
RETRY_AFTER_MOST = 30.0
#: Seconds an answer may take when the process is about to end.
LEAVING_DEADLINE = 2.0


class Station:
    """See the module. ``node`` is told when a seat has something to do."""

    def __init__(self, database: str, node):
        self.database = database
        self._node = node
        self._overseer = Overseer(self, node, self._execute)
        self._timeout = heartbeat_timeout()
        self.seats = [Seat(slot, database, self._timeout) for slot in range(node.slots)]
        self._registration = Registration(self.seats, node.kind)
        self._outage = Outage(
            _logger,
            f"Database unreachable, reconnecting: database={database} error=%s",
            f"Database reachable again: database={database}",
            RETRY_AFTER,
            min(RETRY_AFTER_MOST, self._timeout / BEATS),
        )
        self._rescuer = Rescuer(self, self._timeout, self._execute)
        self._connection: MonitorConnection | None = None
        self._open_at = 0.0
        self._beat_at = 0.0
        self._beaten_at = time.monotonic()
        self._is_cut_off = False
        self._retired: list[int] = []
        self._called: asyncio.Future | None = None
        self.dead_connections = DeadConnections(database, self._execute)
        self.calls = 0
        #: See :class:`.node.Node`.
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
        return self._registration.ids

    @property
    def is_working(self) -> bool:
        """Tell whether one of the workers holds a lease."""
        return any(seat.hand for seat in self.seats)

    async def open(self) -> None:
        """Connect and register the workers; do nothing if that is not possible now."""
        if self.is_open or time.monotonic() < self._open_at:
            return
        try:
            self._connection = await self._registration.open(self.database)
            if self._connection:
                host = socket.gethostname()
                await note_deaths(self._connection, host, self.deaths)
        except psycopg2.Error as error:
            self._open_at = time.monotonic() + self._outage.note(error)
            return
        self._outage.end()
        if not self._connection:
            self._open_at = time.monotonic() + databases.LOOK_EVERY
            return
        # the ids that were kept have an old heartbeat
        self._beat_at = 0.0
        self._rescuer.begin()
        self.call_all()

    def close(self) -> None:
        """Close the connection; PostgreSQL releases the locks once it notices."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    async def leave(self) -> None:
        """Unregister the workers and close the connection."""
        ids = self.ids
        try:
            if self.is_open and ids:
                self._connection.deadline = LEAVING_DEADLINE
                own = {"ids": ids, "blame": False}
                for statement in (
                    sql.TAKE_BACK.text,
                    sql.DELETE_LEASES,
                    sql.UNREGISTER,
                ):
                    await self._execute(statement, own)
        except psycopg2.Error as error:
            _logger.debug("Cannot unregister: %s error=%s", self.database, error)
        self.close()

    # -- for the monitoring thread ------------------------------------------------

    def seconds(self) -> float:
        """Return the seconds until :meth:`tend` has something to do."""
        now = time.monotonic()
        if not self.is_open:
            due = [self._open_at]
            if not self._is_cut_off:
                due.append(self._beaten_at + self._timeout)
            return max(0.0, min(due) - now)
        if self._connection.has_notifies:
            return 0.0
        due = [self._beat_at, self._rescuer.due(now), self.dead_connections.due()]
        if self.is_working:
            due.append(now + LOOK_AT_JOBS)
        return max(0.0, min(due) - now)

    async def wait(self) -> None:
        """Wait until there is something to do, or :meth:`call`."""
        seconds = self.seconds()
        if seconds <= 0:
            # let other tasks run
            await asyncio.sleep(0)
            return
        loop = asyncio.get_running_loop()
        self._called = loop.create_future()
        try:
            if self.is_open:
                fileno = self._connection.fileno()
                await wait_for_socket(fileno, seconds, future=self._called)
            else:
                timer = loop.call_later(seconds, settle, self._called, False)
                await self._called
                timer.cancel()
        finally:
            self._called = None

    def call(self) -> None:
        """End :meth:`wait`; only for the monitoring thread."""
        if self._called is not None:
            settle(self._called, False)

    async def tend(self) -> None:
        """Do what is due: notifications, heartbeat, running jobs, dead workers."""
        if not self.is_open:
            self.dead_connections.note()
            self._cut_off_if_late()
            await self.open()
            return
        try:
            is_called = self._hear()
            now = time.monotonic()
            if now >= self._beat_at:
                await self._beat()
            await self._overseer.look(is_called)
            await self._rescuer.look(now)
            await self.dead_connections.look()
        except TransactionRollbackError as error:
            _logger.debug("Conflict: database=%s error=%s", self.database, error)
        except psycopg2.Error as error:
            if not self._connection.closed:
                # its session holds the locks of all workers of this process
                _logger.warning(
                    "Monitoring error: database=%s error=%s", self.database, error
                )
                self._beat_at = min(self._beat_at, time.monotonic() + LOOK_AT_JOBS)
                return
            self.close()
            self._outage.note(error)
            self._open_at = 0.0

    def _cut_off_if_late(self) -> None:
        """Close the sessions of workers that others considered dead long ago."""
        if self._is_cut_off or time.monotonic() - self._beaten_at < self._timeout:
            return
        self._is_cut_off = True
        connections = [seat.connection for seat in self.seats if seat.connection]
        if connections:
            _logger.warning(
                "No heartbeat possible, closing the sessions of workers as their jobs "
                "were taken over: database=%s seconds=%d workers=%d",
                self.database,
                self._timeout,
                len(connections),
            )
        for connection in connections:
            wire.shut(connection)

    async def _execute(self, statement: str, params: dict | None = None) -> list:
        if self._connection is None:
            raise psycopg2.InterfaceError("the monitoring connection is closed")
        return await self._connection.execute(statement, params)

    async def cancel(self, connection) -> None:
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
                _logger.debug("Session has another role: error=%s", error)
        connection.cancel()

    def _hear(self) -> bool:
        called = self._connection.take_notifies()
        if called:
            self._rescuer.note_call(time.monotonic())
            self.call_all()
        return called

    async def _beat(self) -> None:
        while self._retired:
            await self._execute(sql.UNLOCK, {"id": self._retired[0]})
            self._retired.pop(0)
            self._rescuer.begin()
        ids = self.ids
        known = {row[0] for row in await self._execute(sql.HEARTBEAT, {"ids": ids})}
        now = time.monotonic()
        if now - self._beaten_at > 2 * self._timeout / BEATS:
            # this process or all of them were frozen: others may be as late
            self._rescuer.trust_no_heartbeat(now)
        self._beaten_at = now
        self._is_cut_off = False
        self._beat_at = now + self._timeout / BEATS
        if known != set(ids):
            _logger.warning(
                "Workers were considered dead, registering under new ids: workers=%s",
                sorted(set(ids) - known),
            )
            for seat in self.seats:
                if seat.worker not in known:
                    seat.worker = None
        if any(seat.worker is None for seat in self.seats):
            await self._registration.add(self._connection, known)
            self.call_all()

    # -- for the workers ----------------------------------------------------------

    def others_work(self) -> None:
        """Note that other workers hold leases, which must be supervised."""
        self._rescuer.others_work = True
        self._call_watcher()

    def note_hand(self, seat: Seat, hand: Hand) -> None:
        """Note what a worker is running, and have it monitored."""
        seat.hand = hand
        self._call_watcher()

    def _call_watcher(self) -> None:
        if not self._rescuer.comes_by(time.monotonic()):
            self._node.call_watcher()

    def call_all(self) -> None:
        """Let every worker claim."""
        self.calls += 1
        for seat in self.seats:
            seat.look_at = 0.0
        self._node.call_workers()

    def put_off(self, seat: Seat, seconds: float, calls: int) -> None:
        """Postpone a worker's next claim, unless it was notified since ``calls``."""
        look_at = time.monotonic() + min(seconds, POLL_INTERVAL)
        seat.look_at = look_at
        if self.calls != calls:
            seat.look_at = 0.0

    def lost(self, seat: Seat) -> None:
        """Note that a worker's id is no longer known: it must register again."""
        seat.worker = None
        self._beat_at = 0.0
        self._node.call_watcher()

    def retire(self, seat: Seat) -> None:
        """Give up the id of a worker whose connection broke, with its leases.

        It continues under a new one; its jobs are taken back as those of a dead worker.
        """
        if seat.worker:
            self._retired.append(seat.worker)
        self.lost(seat)
