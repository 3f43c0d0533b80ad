"""The jobs leased to one worker, and the writes fenced by their lease."""

from __future__ import annotations

import json
import os
import threading
from collections import deque
from typing import TYPE_CHECKING, Any

from psycopg2.extensions import TransactionRollbackError

from ...job.orm_bypass import can_update_with_sql
from ...job.text import result_text
from ..claim.averages import Averages
from ..clock import Clock, monotonic
from ..connection.ended_session import attend
from ..connection.session import restore
from ..sql import NOTIFY_WORKERS
from . import sql
from .environment import bound_to, usable_env
from .errors import LeaseLost
from .interrupt import Interruption
from .leased_job import LeasedJob
from .progress import Progress

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Self

    from odoo.api import Environment
    from odoo.sql_db import Cursor

    from ...job import Job

#: Seconds after which no further job of a lease is started: other workers may be free.
TIME_BOX = 0.3

_thread = threading.local()

#: What finishing a job writes; see :mod:`...job.orm_bypass`.
_FINISH_VALUES = dict.fromkeys(
    ["state", "date_done", "date_started", "result", "retry", "exec_time", "worker_pid"]
)


class LeasedBatch:
    """The jobs of one lease.

    The worker's thread runs them one by one; the job monitor, in another thread, may
    release those not started.
    """

    def __init__(
        self,
        lease: int,
        rows: list[dict],
        averages: Averages,
        clock: Clock = monotonic,
    ) -> None:
        self.lease = lease
        self._clock = clock
        self.current: LeasedJob | None = None
        self.current_since = 0.0
        self._averages = averages
        self._mutex = threading.Lock()
        self._waiting = deque(LeasedJob(row) for row in rows)
        self._since = self._clock()
        self._plain: bool | None = None
        # settings of the session before the first job, and whether they are unchanged
        self._session: str | None = None
        self._is_clean = True
        self.progress = Progress()
        #: Uuids of done jobs whose dependents the next job of the lease releases.
        self.deferred_releases: list[str] = []

    @staticmethod
    def of_this_thread() -> LeasedBatch | None:
        return getattr(_thread, "batch", None)

    def __enter__(self) -> Self:
        _thread.batch = self
        return self

    def __exit__(self, *exc_info: Any) -> None:
        _thread.batch = None

    def next_job(self) -> LeasedJob | None:
        """Return the next job to run, None at the end of the lease."""
        with self._mutex:
            self.current = None
            if not self._waiting:
                return None
            if not self._waiting[0].is_started and self._is_late():
                return None
            self.current = self._waiting.popleft()
            self.current_since = self._clock()
            return self.current

    def _is_late(self) -> bool:
        # the first job always runs, or a slow claim would make no progress
        return bool(self.current_since) and self._clock() - self._since > TIME_BOX

    def find(self, job_uuid: str) -> LeasedJob | None:
        """Return the running job if it is this one."""
        if self.current and self.current.uuid == job_uuid:
            return self.current
        return None

    def release_unstarted(self, seconds: float) -> list[int]:
        """Release the jobs behind one that has been running for ``seconds``.

        Return their ids; the caller sets them to pending.
        """
        with self._mutex:
            late = self.current and self._clock() - self.current_since > seconds
            if not late:
                return []
            ids = [leased.id for leased in self._waiting if not leased.is_started]
            self._waiting = deque(
                leased for leased in self._waiting if leased.is_started
            )
            return ids

    def interrupt(self, leased: LeasedJob, interruption: Interruption) -> bool:
        """Ask the running job to end; return False, and do nothing, if its own code is
        not running."""
        with self._mutex:
            return bool(
                self.current is leased
                and leased.interruptible
                and leased.interruptible.interrupt(interruption)
            )

    def start(self, cr: Cursor, leased: LeasedJob) -> datetime | None:
        """Mark a job as started; return its start, or None if the lease is lost."""
        values = {"id": leased.id, "lease": self.lease, "pid": os.getpid()}
        cr.execute(sql.START_JOB, values, log_exceptions=False)
        row = cr.fetchone()
        leased.is_started = bool(row)
        if row is None:
            return None
        date_started, self._session = row
        return date_started

    def release_lease(self, cr: Cursor, leased: LeasedJob) -> None:
        """Check that this worker still holds the lease on a job, and end it.

        First statement of every transaction that stores an outcome.

        :raises LeaseLost: if it does not
        """
        cr.execute(sql.RELEASE_LEASE, {"id": leased.id, "lease": self.lease})
        if not cr.rowcount:
            raise LeaseLost(leased.uuid)
        self._free_key(cr, leased)

    def _free_key(self, cr: Cursor, leased: LeasedJob) -> None:
        """Notify other workers of jobs that waited for the concurrency key of this one:
        the lease continues without it."""
        if leased.row["concurrency_key"] and self._waiting:
            cr.execute(NOTIFY_WORKERS)

    def check(self, cr: Cursor, leased: LeasedJob) -> None:
        """Check the lease on a job, and keep it until ``cr`` is committed.

        :raises LeaseLost: if this worker does not hold it
        """
        cr.execute(sql.HOLDS_LEASE, {"id": leased.id, "lease": self.lease})
        if not cr.rowcount:
            raise LeaseLost(leased.uuid)

    @staticmethod
    def attend(cr: Cursor) -> None:
        """Make errors on another cursor of the job say why its session was ended."""
        attend(cr)

    def roll_back(self, cr: Cursor) -> None:
        """Roll back the work of the running job, and with it the start of the next one,
        unless both were already committed and a later hook failed."""
        cr.rollback()
        restore(cr)
        with self._mutex:
            to_check = [leased for leased in self._waiting if leased.is_started]
        if to_check:
            ids = [leased.id for leased in to_check]
            cr.execute(sql.FILTER_STARTED, {"ids": ids, "lease": self.lease})
            started = {row[0] for row in cr.fetchall()}
            for leased in to_check:
                leased.is_started = leased.id in started

    def is_plain(self, env: Environment) -> bool:
        """Tell whether the rows of this lease may be written with SQL."""
        if self._plain is None:
            record = env["queue.job"].sudo()
            self._plain = can_update_with_sql(record, _FINISH_VALUES)
        return self._plain

    def finish(self, env: Environment, job: Job, leased: LeasedJob) -> None:
        """Store ``done`` in the job's own transaction, and start the next one.

        The caller commits.

        :raises LeaseLost: if this worker no longer holds the lease
        """
        plain = (
            self.is_plain(env)
            and not leased.row["exc_info"]
            and not leased.row["exc_name"]
            and not leased.row["exc_message"]
            and not job._store_values_from_model()
        )
        if not plain:
            self.release_lease(env.cr, leased)
            with bound_to(job, usable_env(job.env)):
                job.store()
            return
        values = {
            "id": leased.id,
            "lease": self.lease,
            "pid": os.getpid(),
            "result": result_text(job.result, job.lang),
            "retry": job.retry,
        }
        following = self._following()
        if following is None or not self._finish_and_start(env.cr, values, following):
            sql.FINISH.execute(env.cr, values)
            if not env.cr.rowcount:
                raise LeaseLost(leased.uuid)
        self._free_key(env.cr, leased)

    def _following(self) -> LeasedJob | None:
        with self._mutex:
            if self._waiting and not self._is_late():
                self._waiting[0].is_started = True
                return self._waiting[0]
        return None

    def _finish_and_start(self, cr: Cursor, values: dict, following: LeasedJob) -> bool:
        """Finish one job and start ``following``; return False if neither happened."""
        try:
            sql.FINISH_AND_START.execute(cr, {**values, "next": following.id})
        except TransactionRollbackError:
            # the next job was edited or cancelled: the work of this one is kept
            sql.FINISH_AND_START.undo(cr)
            following.is_started = False
            return False
        written = {job: values for job, *values in cr.fetchall()}
        if values["id"] not in written:
            raise LeaseLost(values["id"])
        following.is_started = following.id in written
        if following.is_started:
            following.row["date_started"], session = written[following.id]
            self._is_clean = session == self._session
        return True

    def clean(self, cr: Cursor) -> None:
        """Reset what the previous job may have left in the session."""
        if not self._is_clean:
            cr.execute(sql.CLEAN)
            cr.commit()  # pylint: disable=invalid-commit
            self._is_clean = True

    def can_defer_release(self, job: Job) -> bool:
        """Tell whether all dependents of ``job`` wait for the next job of the lease
        too, which then releases them."""
        with self._mutex:
            row = self._waiting[0].row if self._waiting else None
        if row is None or not job.graph_uuid or row["graph_uuid"] != job.graph_uuid:
            return False
        links = json.loads(row["dependencies"] or "{}")
        others = set(links.get("reverse_depends_on") or ())
        return others.issuperset(job._reverse_depends_on_uuids)

    def note_duration(self, leased: LeasedJob) -> None:
        """Record how long the running job took."""
        self._averages.note(leased.function, self._clock() - self.current_since)
