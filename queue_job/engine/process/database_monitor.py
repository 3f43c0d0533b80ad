"""What one process keeps open to one database.

One connection of its own, used by the watcher thread only: it holds the locks that say
"these workers are alive", carries their heartbeat, and hears when there is work.

It is given up when it does not answer, and opened again, with longer and longer pauses
between the attempts. The new one ends the session of the one before, which holds the
locks and may be there for hours, so the workers keep their ids and their jobs. When no
heartbeat was possible for the whole time limit, others have taken the jobs: then the
sessions of the workers are cut, so that none of them runs unseen.
"""

import asyncio
import logging
import socket
import time

import psycopg2
from psycopg2.extensions import TransactionRollbackError

from ..claim.claimer import POLL_INTERVAL
from ..config import heartbeat_timeout
from ..connection import tcp as wire
from ..connection.dead_connections import DeadConnections
from ..connection.monitor_connection import MonitorConnection, settle, wait_for_socket
from ..connection.outage import Outage
from ..run.lease import Hand
from ..sql import rescue
from . import databases, sql
from .deaths import note_deaths
from .job_monitor import Overseer
from .registration import Registration, Seat
from .rescuer import Rescuer

_logger = logging.getLogger(__name__)

#: Heartbeats within the time after which a worker without one counts as frozen.
BEATS = 3
#: Seconds between two looks at the jobs of this process; no query by itself.
LOOK_AT_JOBS = 0.5
#: Seconds before a database that could not be reached is tried again, at first.
RETRY_AFTER = 1.0
#: The longest pause between two attempts, in seconds.
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
            f"Database {database} cannot be reached; its jobs are taken up again when "
            "it can: %s",
            f"Database {database} can be reached again",
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
        #: See :class:`.process.Node`.
        self.deaths: list[tuple[int, str]] = []

    # -- connection ---------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        return self._connection is not None

    @property
    def is_answering(self) -> bool:
        """Tell whether the connection was not lost since it was opened."""
        return self._connection is not None and not self._connection.closed

    @property
    def ids(self) -> list[int]:
        """The ids of the workers that are registered."""
        return self._registration.ids

    @property
    def is_working(self) -> bool:
        """Tell whether one of the workers holds a lease."""
        return any(seat.hand for seat in self.seats)

    async def open(self) -> None:
        """Connect and register the workers; do nothing when that is not possible
        now."""
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
        # ids that were kept have an old heartbeat
        self._beat_at = 0.0
        self._rescuer.begin()
        self.call_all()

    def close(self) -> None:
        """Drop the connection; the locks fall with it, once the server notices."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    async def leave(self) -> None:
        """Go away for good: whoever waits for a seat may have ours."""
        ids = self.ids
        try:
            if self.is_open and ids:
                self._connection.deadline = LEAVING_DEADLINE
                own = {"ids": ids, "blame": False}
                for statement in (
                    rescue.TAKE_BACK.text,
                    rescue.DELETE_LEASES,
                    sql.UNREGISTER,
                ):
                    await self._execute(statement, own)
        except psycopg2.Error as error:
            _logger.debug("Leaving %s: %s", self.database, error)
        self.close()

    # -- what the watcher does ----------------------------------------------------

    def seconds(self) -> float:
        """Return when :meth:`tend` has something to do."""
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
            # others have their turn
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
        """End :meth:`wait`; for the thread of the watcher."""
        if self._called is not None:
            settle(self._called, False)

    async def tend(self) -> None:
        """Do what is due: hear, beat, take back what is late or left by the dead."""
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
            _logger.debug("Watching %s: %s", self.database, error)
        except psycopg2.Error as error:
            if not self._connection.closed:
                # its session holds the locks of all workers of this process
                _logger.warning("Watching %s: %s", self.database, error)
                self._beat_at = min(self._beat_at, time.monotonic() + LOOK_AT_JOBS)
                return
            self.close()
            self._outage.note(error)
            self._open_at = 0.0

    def _cut_off_if_late(self) -> None:
        """End the sessions of workers that others took for dead long ago."""
        if self._is_cut_off or time.monotonic() - self._beaten_at < self._timeout:
            return
        self._is_cut_off = True
        connections = [seat.connection for seat in self.seats if seat.connection]
        if connections:
            _logger.warning(
                "Database %s: no heartbeat for %d s; the sessions of %d workers are "
                "closed, as their jobs run elsewhere by now",
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
        """End what the server does for a connection of this process.

        :raises psycopg2.Error: when it cannot be asked
        """
        if self.dead_connections.is_direct:
            # libpq would open a connection of its own for it, and wait without limit
            try:
                pid = connection.get_backend_pid()
                await self._execute(sql.CANCEL, {"pid": pid})
                return
            except psycopg2.errors.InsufficientPrivilege as error:
                _logger.debug("The session has another role: %s", error)
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
            # everybody stood still, or this process: others may be as late as it is
            self._rescuer.trust_no_heartbeat(now)
        self._beaten_at = now
        self._is_cut_off = False
        self._beat_at = now + self._timeout / BEATS
        if known != set(ids):
            _logger.warning(
                "Workers %s were taken for dead by others; they come back under "
                "new ids",
                sorted(set(ids) - known),
            )
            for seat in self.seats:
                if seat.worker not in known:
                    seat.worker = None
        if any(seat.worker is None for seat in self.seats):
            await self._registration.add(self._connection, known)
            self.call_all()

    # -- what the workers ask -----------------------------------------------------

    def others_work(self) -> None:
        """Note that other workers hold leases, which somebody must watch over."""
        self._rescuer.others_work = True
        self._call_watcher()

    def note_hand(self, seat: Seat, hand: Hand) -> None:
        """Note what a worker has in hand now, and have it watched."""
        seat.hand = hand
        self._call_watcher()

    def _call_watcher(self) -> None:
        if not self._rescuer.comes_by(time.monotonic()):
            self._node.call_watcher()

    def call_all(self) -> None:
        """Let every worker look for work."""
        self.calls += 1
        for seat in self.seats:
            seat.look_at = 0.0
        self._node.call_workers()

    def put_off(self, seat: Seat, seconds: float, calls: int) -> None:
        """Let a worker rest, unless it was called since there were ``calls``."""
        look_at = time.monotonic() + min(seconds, POLL_INTERVAL)
        seat.look_at = look_at
        if self.calls != calls:
            seat.look_at = 0.0

    def lost(self, seat: Seat) -> None:
        """Note that a worker's id is not known any more: it must register again."""
        seat.worker = None
        self._beat_at = 0.0
        self._node.call_watcher()

    def retire(self, seat: Seat) -> None:
        """Give up the id of a worker whose connection broke, with all it may hold.

        It goes on under a new one; whoever looks after the dead looks after its jobs.
        """
        if seat.worker:
            self._retired.append(seat.worker)
        self.lost(seat)
