"""What one process keeps open to one database.

One connection of its own, used by the watcher thread only: it holds the locks that say
"these workers are alive", carries their heartbeat, and hears when there is work.
"""

import logging
import os
import socket
import time

import psycopg2
from psycopg2.extensions import TransactionRollbackError

from . import databases
from .claim import POLL_INTERVAL
from .config import heartbeat_timeout
from .deaths import note_deaths
from .hand import Hand
from .overseer import Overseer
from .rescuer import Rescuer
from .sql import workers as sql

_logger = logging.getLogger(__name__)

#: Heartbeats within the time after which a worker without one counts as frozen.
BEATS = 3
#: Seconds between two looks at the jobs of this process; no query by itself.
LOOK_AT_JOBS = 0.5
#: Seconds before a database that could not be reached is tried again.
RETRY_AFTER = 2.0


class Seat:
    """One worker of this process in one database.

    ``worker``: its id there, None while it is not registered; ``look_at``: when it is
    worth claiming, on the monotonic clock, which a call brings forward; ``not_before``:
    when it may, after an error; ``has_lease``: its next claim has one to settle;
    ``hand``: what it runs.
    """

    def __init__(self, slot: int):
        self.slot = slot
        self.worker: int | None = None
        self.look_at = 0.0
        self.not_before = 0.0
        self.has_lease = False
        self.hand = None

    @property
    def due(self) -> float:
        """When to claim, on the monotonic clock."""
        return max(self.look_at, self.not_before)


class Station:
    """See the module. ``node`` is told when a seat has something to do."""

    def __init__(self, database: str, node):
        self.database = database
        self.seats = [Seat(slot) for slot in range(node.slots)]
        self._node = node
        self._overseer = Overseer(self, node, self._execute)
        self._timeout = heartbeat_timeout()
        self._rescuer = Rescuer(self, self._timeout)
        self._connection = None
        self._open_at = 0.0
        self._beat_at = 0.0
        self._beaten_at = time.monotonic()
        self._retired: list[int] = []
        self.calls = 0
        #: See :class:`.node.Node`.
        self.deaths: list[tuple[int, str]] = []

    # -- connection ---------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        return self._connection is not None

    @property
    def ids(self) -> list[int]:
        """The ids of the workers that are registered."""
        return [seat.worker for seat in self.seats if seat.worker]

    @property
    def is_working(self) -> bool:
        """Tell whether one of the workers holds a lease."""
        return any(seat.hand for seat in self.seats)

    def fileno(self) -> int:
        return self._connection.fileno()

    def open(self) -> None:
        """Connect and register the workers; quietly do nothing when that is not to be
        had now."""
        if self.is_open or time.monotonic() < self._open_at:
            return
        self._open_at = time.monotonic() + RETRY_AFTER
        connection = None
        try:
            connection = databases.connect(self.database)
            if not self._is_served(connection):
                connection.close()
                self._open_at = time.monotonic() + databases.LOOK_EVERY
                return
            with connection.cursor() as cursor:
                cursor.execute(sql.WATCH_SESSION)
                note_deaths(cursor, socket.gethostname(), self.deaths)
                self._register(cursor)
        except psycopg2.Error as error:
            _logger.info("Database %s is not to be had now: %s", self.database, error)
            if connection is not None:
                connection.close()
            return
        self._connection = connection
        # ids that were kept have an old heartbeat
        self._beat_at = 0.0
        self._rescuer.begin()
        self.call_all()

    def _is_served(self, connection) -> bool:
        if not databases.is_served(connection):
            return False
        if databases.shares_sessions(connection, self.database):
            _logger.error(
                "Database %s: no jobs are run here, because a connection pooler lends "
                "the sessions of PostgreSQL out for one transaction only. Set "
                "jobrunner_db_host and jobrunner_db_port in [queue_job] to where "
                "PostgreSQL itself listens",
                self.database,
            )
            return False
        return True

    def _register(self, cursor) -> None:
        """Lock the ids of the workers again, or give them new ones."""
        ids = self.ids
        kept = set()
        if ids:
            cursor.execute(sql.RELOCK, {"ids": ids})
            kept = {row[0] for row in cursor.fetchall()}
        for seat in self.seats:
            if seat.worker in kept:
                continue
            cursor.execute(sql.NEW_WORKER_ID)
            worker = cursor.fetchone()[0]
            cursor.execute(
                sql.REGISTER,
                {
                    "id": worker,
                    "node": socket.gethostname(),
                    "pid": os.getpid(),
                    "kind": self._node.kind,
                    "slot": seat.slot,
                },
            )
            seat.worker = worker
            seat.has_lease = False

    def close(self) -> None:
        """Drop the connection; the locks fall with it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except psycopg2.Error as error:
                _logger.debug("Closing %s: %s", self.database, error)

    def leave(self) -> None:
        """Go away for good: whoever waits for a seat may have ours."""
        ids = self.ids
        try:
            if self.is_open and ids:
                own = {"ids": ids, "blame": False}
                for statement in (
                    sql.TAKE_BACK.text,
                    sql.DELETE_LEASES,
                    sql.UNREGISTER,
                ):
                    self._execute(statement, own)
        except psycopg2.Error as error:
            _logger.debug("Leaving %s: %s", self.database, error)
        self.close()

    # -- what the watcher does ----------------------------------------------------

    def seconds(self) -> float:
        """Return when :meth:`tend` has something to do."""
        now = time.monotonic()
        if not self.is_open:
            return max(0.0, self._open_at - now)
        if self._connection.notifies:
            # it came with the answer to one of our statements: the socket is silent
            return 0.0
        due = [self._beat_at, self._rescuer.due(now)]
        if self.is_working:
            due.append(now + LOOK_AT_JOBS)
        return max(0.0, min(due) - now)

    def tend(self) -> None:
        """Do what is due: hear, beat, take back what is late or left by the dead."""
        if not self.is_open:
            self.open()
            return
        try:
            is_called = self._hear()
            now = time.monotonic()
            if now >= self._beat_at:
                self._beat()
            self._overseer.look(is_called)
            self._rescuer.look(self._connection, now)
        except TransactionRollbackError as error:
            _logger.debug("Watching %s: %s", self.database, error)
        except psycopg2.Error as error:
            if not self._connection.closed:
                # its session holds the locks of all workers of this process
                _logger.warning("Watching %s: %s", self.database, error)
                self._beat_at = min(self._beat_at, time.monotonic() + LOOK_AT_JOBS)
                return
            _logger.info("Lost sight of database %s: %s", self.database, error)
            self.close()
            self._open_at = 0.0

    def _execute(self, statement: str, params: dict) -> list:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, params)
            return cursor.fetchall() if cursor.description else []

    def _hear(self) -> bool:
        self._connection.poll()
        called = bool(self._connection.notifies)
        if called:
            self._connection.notifies.clear()
            self._rescuer.note_call(time.monotonic())
            self.call_all()
        return called

    def _beat(self) -> None:
        while self._retired:
            self._execute(sql.UNLOCK, {"id": self._retired[0]})
            self._retired.pop(0)
            self._rescuer.begin()
        ids = self.ids
        known = {row[0] for row in self._execute(sql.HEARTBEAT, {"ids": ids})}
        now = time.monotonic()
        if now - self._beaten_at > 2 * self._timeout / BEATS:
            # everybody stood still, or this process: others may be as late as it is
            self._rescuer.trust_no_heartbeat(now)
        self._beaten_at = now
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
            with self._connection.cursor() as cursor:
                self._register(cursor)
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
