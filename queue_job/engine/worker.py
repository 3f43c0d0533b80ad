"""The loop of one worker: claim, run, claim again; sleep when there is nothing."""

import logging
import threading
import time

import psycopg2

from odoo.modules.registry import Registry

from .claim import Claim, NotRegistered
from .hand import Hand
from .node import Node
from .run import release_due, run_hand
from .session import Session
from .sql import workers as worker_sql
from .station import Seat, Station

_logger = logging.getLogger(__name__)

#: Seconds before a worker goes back to a database that gave it an error.
AFTER_ERROR = 2.0


class JobWorker:
    """Runs the jobs of one slot of a node, one at a time, in whatever thread calls."""

    def __init__(self, node: Node, slot: int):
        self.node = node
        self.slot = slot
        self._turn = 0
        self._session = Session()

    def run(self) -> None:
        """Work until the node stops."""
        while not self.node.stopping.is_set():
            if not self.work():
                self.node.wait(self.slot, 60)
        self.close()

    def close(self) -> None:
        """Leave the database served last; for the thread that works."""
        self._session.close()

    def work(self) -> bool:
        """Serve each database that may have work once; True when one had."""
        stations = self.node.stations()
        if self._session.database not in [station.database for station in stations]:
            self._session.close()
        # another one first each time, so that a busy database starves no other
        self._turn += 1
        found = False
        for index in range(len(stations)):
            station = stations[(index + self._turn) % len(stations)]
            seat = station.seats[self.slot]
            if self.node.stopping.is_set():
                break
            if station.is_open and seat.worker and time.monotonic() >= seat.look_at:
                found |= self._serve(station, seat)
        return found

    def _serve(self, station: Station, seat: Seat) -> bool:
        """Claim once and run what was leased; True when that was something."""
        calls = station.calls
        thread = threading.current_thread()
        thread.dbname = station.database
        try:
            cr = self._session.cursor(station.database)
            self._settle_abandoned(cr, seat)
            claim = self._claim(cr, seat)
            if claim.others_work:
                station.others_work()
            if claim.release_due:
                release_due(cr)
            if claim.lease is None:
                station.put_off(seat, claim.seconds, calls)
                return False
            self._run_lease(cr, station, seat, claim)
            self._session.clean()
            return True
        except NotRegistered:
            station.lost(seat)
            self.node.call_watcher()
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            _logger.warning(
                "Database %s: the connection was lost, its worker starts anew: %s",
                station.database,
                str(error).strip(),
            )
        except Exception:
            _logger.exception("Database %s: the worker starts anew", station.database)
        finally:
            del thread.dbname
        self._session.close()
        if seat.last_lease:
            # the jobs of that lease are in no one's hands
            seat.abandoned.append(seat.last_lease)
            seat.last_lease = None
        station.put_off(seat, AFTER_ERROR, calls)
        return False

    def _claim(self, cr, seat: Seat) -> Claim:
        last, seat.last_lease = seat.last_lease, None
        try:
            claim = self.node.claimer.claim(cr, seat.worker, last)
        except BaseException:
            seat.last_lease = last
            raise
        seat.last_lease = claim.lease
        return claim

    def _settle_abandoned(self, cr, seat: Seat) -> None:
        """Put jobs back whose lease ended with a broken connection."""
        for lease in list(seat.abandoned):
            params = {"lease": lease}
            cr.execute(worker_sql.LEASE_IS_OLDER_THAN_SERVER, params)
            row = cr.fetchone()
            params["blame"] = not (row and row[0])
            cr.execute(worker_sql.TAKE_BACK_LEASE, params)
            cr.execute(worker_sql.END_LEASE, params)
            cr.commit()  # pylint: disable=invalid-commit
            seat.abandoned.remove(lease)

    def _run_lease(self, cr, station: Station, seat: Seat, claim: Claim) -> None:
        registry = Registry(station.database).check_signaling(cr)
        cr.rollback()
        hand = Hand(claim.lease, claim.rows, self.node.averages)
        station.note_hand(seat, hand)
        try:
            run_hand(cr, registry, hand, self.node.stopping.is_set)
        finally:
            seat.hand = None
