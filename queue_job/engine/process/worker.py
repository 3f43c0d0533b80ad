"""The loop of one worker: claim, run, claim again; sleep if there is no work."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import psycopg2
from psycopg2.extensions import TransactionRollbackError

from odoo.modules.registry import Registry

from ...job import refresh_clock
from ..claim.claimer import Claim, NotRegistered, settling
from ..connection.session import Session
from ..run.batch import run_batch
from ..run.dependents import release_overdue
from ..run.job_code import job_code
from ..run.lease import LeasedBatch
from ..sql import NOTIFY_WORKERS
from .copy_guard import CopyGuard
from .database_monitor import DatabaseMonitor
from .process import JobProcess
from .registration import WorkerRegistration

if TYPE_CHECKING:
    from odoo.sql_db import Cursor

_logger = logging.getLogger(__name__)

#: Seconds before a worker claims again in a database after an error.
ERROR_INTERVAL = 2.0


class JobWorker:
    """Runs the jobs of one slot of a process, one by one, in the calling thread."""

    def __init__(self, process: JobProcess, slot: int) -> None:
        self.process = process
        self.slot = slot
        self._turn = 0
        self._session = Session()
        self._copy_guard = CopyGuard()

    def run(self) -> None:
        """Work until the process stops."""
        while not self.process.stopping.is_set():
            if not self.work():
                self.process.wait(self.slot, 60)
        self.close()

    def close(self) -> None:
        """Close the session of the last database; only for the working thread."""
        self._session.close()

    def work(self) -> bool:
        """Serve each database that may have jobs once; return True if one had."""
        monitors = self.process.monitors()
        if self._session.database not in [monitor.database for monitor in monitors]:
            self._session.close()
        # begin with another one each time, so that a busy database starves no other
        self._turn += 1
        found = False
        for index in range(len(monitors)):
            monitor = monitors[(index + self._turn) % len(monitors)]
            registration = monitor.registrations[self.slot]
            if self.process.stopping.is_set():
                break
            if (
                monitor.is_open
                and registration.worker
                and self.process.clock() >= registration.due
            ):
                found |= self._serve(monitor, registration)
        return found

    def _serve(
        self, monitor: DatabaseMonitor, registration: WorkerRegistration
    ) -> bool:
        """Claim once and run what was leased; return True if there was something."""
        notifications = monitor.notifications
        thread: Any = threading.current_thread()
        thread.dbname = monitor.database
        may_hold = False
        pause = ERROR_INTERVAL
        try:
            cr = self._session.cursor(monitor.database)
            may_hold = True
            registration.connection = cr._cnx
            monitor.dead_connections.is_direct = self._session.is_direct
            cluster = self._copy_guard.cluster(cr)
            claim = self.process.claimer.claim(
                cr, registration.worker, settle=registration.has_lease, cluster=cluster
            )
            registration.outage.end()
            registration.has_lease = claim.lease is not None
            self._copy_guard.check(cr, claim.copy_status)
            if claim.others_work:
                monitor.others_work()
            if claim.lease is None:
                monitor.set_next_claim(registration, claim.seconds, notifications)
                if claim.release_due:
                    release_overdue(cr)
                return False
            with job_code():
                # loading addons runs their code too
                self._run_lease(cr, monitor, registration, claim)
            if claim.release_due:
                release_overdue(cr)
            self._session.clean()
            if len(self.process.monitors()) > 1:
                # the next claim in this database may be late
                self._settle(cr, registration)
            return True
        except NotRegistered:
            monitor.unregistered(registration)
            self.process.notify_supervisor()
        except TransactionRollbackError as error:
            _logger.info(
                "Worker restarting after a conflict: database=%s error=%s",
                monitor.database,
                str(error).strip(),
            )
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            pause = registration.outage.note(error)
        except Exception:
            _logger.exception(
                "Worker failed, restarting: database=%s", monitor.database
            )
        finally:
            # a job may have taken it away
            vars(thread).pop("dbname", None)
            registration.connection = None
        self._session.discard()
        self._copy_guard.forget(monitor.database)
        registration.not_before = self.process.clock() + pause
        if may_hold:
            # also if the answer was lost: no worker knows of that lease
            monitor.retire(registration)
        return False

    def _settle(self, cr: Cursor, registration: WorkerRegistration) -> None:
        """End the lease of a worker that switches to another database."""
        own = {"ids": [registration.worker], "blame": True}
        cr.execute(f"{settling(cr)} {NOTIFY_WORKERS}", own)
        cr.commit()  # pylint: disable=invalid-commit
        registration.has_lease = False

    def _run_lease(
        self,
        cr: Cursor,
        monitor: DatabaseMonitor,
        registration: WorkerRegistration,
        claim: Claim,
    ) -> None:
        registry = Registry(monitor.database).check_signaling(cr)
        refresh_clock(cr)
        cr.rollback()
        batch = LeasedBatch(
            claim.lease, claim.rows, self.process.averages, self.process.clock
        )
        monitor.watch(registration, batch)
        try:
            run_batch(cr, registry, batch, self.process.stopping.is_set)
        finally:
            registration.batch = None
