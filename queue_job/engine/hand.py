"""The jobs one worker holds, and the writes which only their holder can make."""

import json
import os
import threading
import time
from collections import deque

from psycopg2.extensions import TransactionRollbackError

from ..jobs.plain import write_is_plain
from ..jobs.text import result_text, text_of
from .averages import Averages
from .ended_session import attend
from .environment import bound_to, usable_env
from .errors import LeaseLost
from .interrupt import Interruptible, Interruption
from .session import restore
from .sql import WAKE
from .sql import lease as sql

#: Seconds after which no further job of a lease is begun: others may be freer.
TIME_BOX = 0.3

_thread = threading.local()

#: What finishing a job writes; see :mod:`..jobs.plain`.
_FINISH_VALUES = dict.fromkeys(
    ["state", "date_done", "date_started", "result", "retry", "exec_time", "worker_pid"]
)


class LeasedJob:
    """One job of a lease: its row as it was claimed, and how far it came.

    ``begun``: its row says ``started``; ``settled``: its fate is committed; ``asked``:
    when it was first asked to end, on the monotonic clock; ``given_up``: since when its
    thread is not waited for any more.
    """

    def __init__(self, row: dict):
        self.row = row
        self.id: int = row["id"]
        self.uuid: str = row["uuid"]
        self.function: str = row["channel_method_name"] or ""
        self.begun = False
        self.settled = False
        self.time_limit = 0
        self.asked: float | None = None
        self.given_up: float | None = None
        self.interruptible: Interruptible | None = None


class Hand:
    """One lease in the hand of one worker thread.

    The thread runs the jobs one by one; the watcher may take away those not begun.
    """

    def __init__(self, lease: int, rows: list[dict], averages: Averages):
        self.lease = lease
        self.current: LeasedJob | None = None
        self.current_since = 0.0
        self._averages = averages
        self._mutex = threading.Lock()
        self._waiting = deque(LeasedJob(row) for row in rows)
        self._since = time.monotonic()
        self._plain: bool | None = None
        # what the session was like before the first job, and whether it still is
        self._session: str | None = None
        self._is_clean = True
        self._progress: tuple | None = None
        #: Done jobs whose children the next job of the lease looks at in their place.
        self.owed: list[str] = []

    @staticmethod
    def of_this_thread() -> "Hand | None":
        return getattr(_thread, "hand", None)

    def __enter__(self):
        _thread.hand = self
        return self

    def __exit__(self, *exc_info):
        _thread.hand = None

    def take(self) -> LeasedJob | None:
        """Return the next job to run, None when the lease is over."""
        with self._mutex:
            self.current = None
            if not self._waiting:
                return None
            if not self._waiting[0].begun and self._is_late():
                return None
            self.current = self._waiting.popleft()
            self.current_since = time.monotonic()
            return self.current

    def _is_late(self) -> bool:
        # the first job is always run, or a slow claim would make no progress
        return self.current_since and time.monotonic() - self._since > TIME_BOX

    def find(self, job_uuid: str) -> LeasedJob | None:
        """Return the job in hand when it is this one."""
        if self.current and self.current.uuid == job_uuid:
            return self.current
        return None

    def take_away(self, seconds: float) -> list[int]:
        """Give up the jobs which wait behind one that runs for ``seconds`` already.

        Return their ids; the caller makes them pending.
        """
        with self._mutex:
            late = self.current and time.monotonic() - self.current_since > seconds
            if not late:
                return []
            ids = [leased.id for leased in self._waiting if not leased.begun]
            self._waiting = deque(leased for leased in self._waiting if leased.begun)
            return ids

    def interrupt(self, leased: LeasedJob, interruption: Interruption) -> bool:
        """Ask the job in hand to end; False when its own code is not running (any
        more): then nothing happens."""
        with self._mutex:
            return bool(
                self.current is leased
                and leased.interruptible
                and leased.interruptible.interrupt(interruption)
            )

    def say_progress(self, done: float, total: float, message: str | None) -> None:
        """Keep what the job in hand says about itself, for the watcher to write.

        :raises TypeError: when that is no number
        """
        said = (
            float(done),
            float(total),
            None if message is None else text_of(message),
        )
        if self.current:
            self._progress = (self.current.id, *said)

    def take_progress(self) -> dict | None:
        """Return what is to be written about the job in hand, each word once."""
        progress, self._progress = self._progress, None
        if progress is None:
            return None
        job, done, total, message = progress
        return {
            "lease": self.lease,
            "job": job,
            "done": done,
            "total": total,
            "message": message,
        }

    def begin(self, cr, leased: LeasedJob):
        """Mark a job as started; return when, or None when the lease is lost."""
        values = {"id": leased.id, "lease": self.lease, "pid": os.getpid()}
        cr.execute(sql.BEGIN, values, log_exceptions=False)
        row = cr.fetchone()
        leased.begun = bool(row)
        if row is None:
            return None
        date_started, self._session = row
        return date_started

    def let_go(self, cr, leased: LeasedJob) -> None:
        """Make sure that the job is still ours, and end the lease on it.

        First statement of every transaction that decides what becomes of it.

        :raises LeaseLost: when it is not
        """
        cr.execute(sql.LET_GO, {"id": leased.id, "lease": self.lease})
        if not cr.rowcount:
            raise LeaseLost(leased.uuid)
        self._free_key(cr, leased)

    def _free_key(self, cr, leased: LeasedJob) -> None:
        """Call others when jobs may start that waited for the key of this one: the
        lease goes on without it."""
        if leased.row["concurrency_key"] and self._waiting:
            cr.execute(WAKE)

    def check(self, cr, leased: LeasedJob) -> None:
        """Make sure that the job is still ours until ``cr`` is committed.

        :raises LeaseLost: when it is not
        """
        cr.execute(sql.HOLDS_LEASE, {"id": leased.id, "lease": self.lease})
        if not cr.rowcount:
            raise LeaseLost(leased.uuid)

    @staticmethod
    def attend(cr) -> None:
        """Let errors on a cursor of a job's own say why its session was ended."""
        attend(cr)

    def roll_back(self, cr) -> None:
        """Undo the work of the job in hand; with it goes the start of the next one,
        unless they are committed already and it was a hook afterwards that failed."""
        cr.rollback()
        restore(cr)
        with self._mutex:
            begun = [leased for leased in self._waiting if leased.begun]
        if begun:
            ids = [leased.id for leased in begun]
            cr.execute(sql.STARTED_OF, {"ids": ids, "lease": self.lease})
            started = {row[0] for row in cr.fetchall()}
            for leased in begun:
                leased.begun = leased.id in started

    def is_plain(self, env) -> bool:
        """Tell whether the rows of this lease may be written past the ORM."""
        if self._plain is None:
            record = env["queue.job"].sudo()
            self._plain = write_is_plain(record, _FINISH_VALUES)
        return self._plain

    def finish(self, env, job, leased: LeasedJob) -> None:
        """Store ``done`` in the job's own transaction, and begin the next one.

        The caller commits.

        :raises LeaseLost: when the job is not ours any more
        """
        plain = (
            self.is_plain(env)
            and not leased.row["exc_info"]
            and not leased.row["exc_name"]
            and not leased.row["exc_message"]
            and not job._store_values_from_model()
        )
        if not plain:
            self.let_go(env.cr, leased)
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
        if following is None or not self._finish_both(env.cr, values, following):
            sql.FINISH.execute(env.cr, values)
            if not env.cr.rowcount:
                raise LeaseLost(leased.uuid)
        self._free_key(env.cr, leased)

    def _following(self) -> LeasedJob | None:
        with self._mutex:
            if self._waiting and not self._is_late():
                self._waiting[0].begun = True
                return self._waiting[0]
        return None

    def _finish_both(self, cr, values: dict, following: LeasedJob) -> bool:
        """Finish one job and begin ``following``; False when neither was written."""
        try:
            sql.FINISH_AND_BEGIN.execute(cr, {**values, "next": following.id})
        except TransactionRollbackError:
            # somebody edited or cancelled the next job: this one's work stays good
            sql.FINISH_AND_BEGIN.undo(cr)
            following.begun = False
            return False
        written = {job: values for job, *values in cr.fetchall()}
        if values["id"] not in written:
            raise LeaseLost(values["id"])
        following.begun = following.id in written
        if following.begun:
            following.row["date_started"], session = written[following.id]
            self._is_clean = session == self._session
        return True

    def clean(self, cr) -> None:
        """Take away what the job before may have left in the session."""
        if not self._is_clean:
            cr.execute(sql.CLEAN)
            cr.commit()  # pylint: disable=invalid-commit
            self._is_clean = True

    def next_looks_too(self, job) -> bool:
        """Tell whether the next job of the lease is a parent of the same children."""
        with self._mutex:
            row = self._waiting[0].row if self._waiting else None
        if row is None or not job.graph_uuid or row["graph_uuid"] != job.graph_uuid:
            return False
        links = json.loads(row["dependencies"] or "{}")
        others = set(links.get("reverse_depends_on") or ())
        return others.issuperset(job._reverse_depends_on_uuids)

    def note(self, leased: LeasedJob) -> None:
        """Learn how long the job in hand took."""
        self._averages.note(leased.function, time.monotonic() - self.current_since)
