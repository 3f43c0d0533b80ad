"""The loop of one worker: claim, run, claim again; sleep if there is nothing to run."""

import logging
import threading
import time

import psycopg2
from psycopg2.extensions import TransactionRollbackError

from odoo.modules.registry import Registry

from ..job import refresh_clock
from .claim import Claim, NotRegistered, settling
from .copy_guard import CopyGuard
from .fate import job_code
from .hand import Hand
from .node import Node
from .registration import Seat
from .run import release_due, run_hand
from .session import Session
from .sql import WAKE
from .station import Station

_logger = logging.getLogger(__name__)

#: Seconds before a worker claims again in a database after an error.
AFTER_ERROR = 2.0


class JobWorker:
    """Runs the jobs of one slot of a process, one at a time, in the calling thread."""

    def __init__(self, node: Node, slot: int):
        self.node = node
        self.slot = slot
        self._turn = 0
        self._session = Session()
        self._copy_guard = CopyGuard()

    def run(self) -> None:
        """Work until the process stops."""
        while not self.node.stopping.is_set():
            if not self.work():
                self.node.wait(self.slot, 60)
        self.close()

    def close(self) -> None:
        """Close the session of the last database; only for the working thread."""
        self._session.close()

    def work(self) -> bool:
        """Serve each database that may have jobs once; return True if one had."""
        stations = self.node.stations()
        if self._session.database not in [station.database for station in stations]:
            self._session.close()
        # begin with another one each time, so that a busy database starves no other
        self._turn += 1
        found = False
        for index in range(len(stations)):
            station = stations[(index + self._turn) % len(stations)]
            seat = station.seats[self.slot]
            if self.node.stopping.is_set():
                break
            if station.is_open and seat.worker and time.monotonic() >= seat.due:
                found |= self._serve(station, seat)
        return found

    def _serve(self, station: Station, seat: Seat) -> bool:
        """Claim once and run what was leased; return True if there was something."""
        calls = station.calls
        thread = threading.current_thread()
        thread.dbname = station.database
        may_hold = False
        pause = AFTER_ERROR
        try:
            cr = self._session.cursor(station.database)
            may_hold = True
            seat.connection = cr._cnx
            station.dead_connections.is_direct = self._session.is_direct
            cluster = self._copy_guard.cluster(cr)
            claim = self.node.claimer.claim(
                cr, seat.worker, settle=seat.has_lease, cluster=cluster
            )
            seat.outage.end()
            seat.has_lease = claim.lease is not None
            self._copy_guard.look(cr, claim.copy_status)
            if claim.others_work:
                station.others_work()
            if claim.lease is None:
                station.put_off(seat, claim.seconds, calls)
                if claim.release_due:
                    release_due(cr)
                return False
            with job_code():
                # loading addons runs their code too
                self._run_lease(cr, station, seat, claim)
            if claim.release_due:
                release_due(cr)
            self._session.clean()
            if len(self.node.stations()) > 1:
                # the next claim in this database may come late
                self._settle(cr, seat)
            return True
        except NotRegistered:
            station.lost(seat)
            self.node.call_watcher()
        except TransactionRollbackError as error:
            _logger.info(
                "Worker restarting after a conflict: database=%s error=%s",
                station.database,
                str(error).strip(),
            )
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            pause = seat.outage.note(error)
        except Exception:
            _logger.exception("Worker restarting: database=%s", station.database)
        finally:
            # a job may have taken it away
            vars(thread).pop("dbname", None)
            seat.connection = None
        self._session.discard()
        self._copy_guard.forget(station.database)
        seat.not_before = time.monotonic() + pause
        if may_hold:
            # also if the answer was lost: then no worker knows of the lease
            station.retire(seat)
        return False

    def _settle(self, cr, seat: Seat) -> None:
        """End the lease of a worker that switches to another database."""
        own = {"ids": [seat.worker], "blame": True}
        cr.execute(f"{settling(cr)} {WAKE}", own)
        cr.commit()  # pylint: disable=invalid-commit
        seat.has_lease = False

    def _run_lease(self, cr, station: Station, seat: Seat, claim: Claim) -> None:
        registry = Registry(station.database).check_signaling(cr)
        refresh_clock(cr)
        cr.rollback()
        hand = Hand(claim.lease, claim.rows, self.node.averages)
        station.note_hand(seat, hand)
        try:
            run_hand(cr, registry, hand, self.node.stopping.is_set)
        finally:
            seat.hand = None
