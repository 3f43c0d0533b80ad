"""Storing what became of a job that did not simply end well.

Each of these is a transaction of its own, after the job's work was rolled back, and
begins by checking the lease. A job run without one (by hand, by a test) is stored on a
cursor of its own, as its caller's transaction is the caller's.
"""

import json
import logging
import random
import time
from contextlib import contextmanager

from psycopg2 import InterfaceError, OperationalError
from psycopg2.extensions import TransactionRollbackError

from odoo.exceptions import ConcurrencyError
from odoo.tools import config

from ..exception import FailedJobError
from .errors import LeaseLost
from .interrupt import Interruptible, JobInterrupted
from .sql import lease as sql

_logger = logging.getLogger(__name__)

#: Seconds before a job is tried again whose code is not here (yet).
_NOT_HERE_YET = 10


def lease_of(job) -> tuple:
    """Return the hand and the leased job behind ``job``, or two None."""
    return getattr(job, "lease", None) or (None, None)


def may_commit() -> bool:
    """Tell whether a job without lease is committed: not while tests run."""
    return not config["test_enable"]


def is_broken(env) -> bool:
    """Tell whether the connection is gone: then nothing can be stored on it."""
    return bool(env.cr.closed)


def forget(env, job) -> None:
    """Roll back the work of a job that is not ours any more."""
    env.cr.rollback()
    env.registry.reset_changes()
    _hand, leased = lease_of(job)
    if leased:
        leased.settled = True


@contextmanager
def _deciding(env, job):
    """Yield the environment in which to store the fate of ``job``, then commit it.

    :raises LeaseLost: when it is not ours to decide
    """
    hand, leased = lease_of(job)
    env.registry.reset_changes()
    known = vars(job).get("_stored_values")
    try:
        if leased:
            env.cr.rollback()
            hand.let_go(env.cr, leased)
            yield env
            env.flush_all()
            env.cr.commit()
            leased.settled = True
        else:
            with env.registry.cursor() as cr:
                own_env = job.env
                job._env = job.env(cr=cr)
                try:
                    yield env(cr=cr)
                finally:
                    job._env = own_env
    except Exception:
        # what was stored is rolled back: it must be stored again by the next attempt
        job._stored_values = known
        raise


def interruptible(env, leased) -> Interruptible:
    """Return the context in which the job's own code runs."""
    leased.interruptible = Interruptible(env.cr._cnx)
    return leased.interruptible


def check_interruption(job) -> None:
    """Let an interrupted job end as such, whatever error its interruption became.

    :raises JobInterrupted: when it was interrupted
    """
    _hand, leased = lease_of(job)
    if leased and leased.interruptible and leased.interruptible.interruption:
        raise JobInterrupted


def interrupted(env, job) -> None:
    """Store what becomes of a job that was ended from outside.

    Over its time limit it has failed; stopped by somebody it is cancelled; when the
    server stops it waits again, as if it had not been started.
    """
    _hand, leased = lease_of(job)
    interruption = leased.interruptible.interruption
    message = str(interruption)
    _logger.warning("%s is ended: %s", job, message)
    if interruption.kind == "time_limit":
        values = {
            "exc_name": "JobTimeLimitExceeded",
            "exc_message": message,
            "exc_info": message,
        }
        fail(env, job, values)
        return
    try:
        with _deciding(env, job):
            if interruption.kind == "stop":
                job.set_cancelled(result=message)
                job.store()
                env.flush_all()
                job.cancel_dependent_jobs()
            else:
                env.cr.execute(sql.RETURN, {"id": leased.id})
    except (LeaseLost, TransactionRollbackError):
        _lost(env, job)


def postpone(env, job, message: str, seconds) -> None:
    """Let the job be tried again later; its try is counted."""
    try:
        with _deciding(env, job):
            job.postpone(result=message, seconds=seconds)
            job.set_pending(reset_retry=False)
            job.store()
    except (LeaseLost, TransactionRollbackError):
        _lost(env, job)


def check_tries(job, error: Exception) -> None:
    """Let a job that collided too often fail.

    :raises FailedJobError: from ``error``
    """
    if job.max_retries and job.retry >= job.max_retries:
        raise FailedJobError(
            f"Max. retries ({job.max_retries}) reached: {str(error).strip()}"
        ) from error


def fail(env, job, values: dict) -> None:
    """Store a failure, tell people, call the on-fail method.

    An error in telling or in the on-fail method does not keep the failure from being
    stored: it is noted with it.
    """
    notes = []
    for with_on_fail in (True, False):
        try:
            with _deciding(env, job):
                job.set_failed(**_with_notes(values, notes))
                job.store()
                if with_on_fail:
                    job.on_fail(values)
            return
        except LeaseLost:
            _lost(env, job)
            return
        except Exception as error:
            if is_broken(env):
                raise
            notes.append(error)
            _logger.exception("The failure of %s could not be dealt with as usual", job)
    _hand, leased = lease_of(job)
    if not leased:
        raise notes[-1]
    _fail_row(env, job, leased, _with_notes(values, notes), job.retry)


def _with_notes(values: dict, notes: list[Exception]) -> dict:
    said = "".join(
        f"\n\nWhile this failure was stored: {type(note).__name__}: {note}"
        for note in notes
    )
    return {**values, "exc_info": f"{values.get('exc_info') or ''}{said}"}


def _fail_row(env, job, leased, values: dict, retry: int) -> None:
    try:
        with _deciding(env, job):
            message = values["exc_message"]
            env.cr.execute(
                sql.FAIL,
                {
                    **values,
                    "exc_message": None if message is None else str(message),
                    "id": leased.id,
                    "retry": retry,
                },
            )
    except LeaseLost:
        _lost(env, job)


def _lost(env, job) -> None:
    forget(env, job)
    _logger.warning("%s was taken away from this worker; nothing is stored", job)


def begin(env, hand, leased) -> None:
    """Start a job only to decide its fate: its lease is checked as started."""
    if not leased.begun:
        hand.begin(env.cr, leased)
        env.cr.commit()


class _RowOnly:
    """Stands for the Job of a row that cannot be loaded."""

    def __init__(self, hand, leased):
        self.lease = (hand, leased)

    def __repr__(self):
        return f"<Job {self.lease[1].uuid}>"


def cannot_load(env, hand, leased, error: Exception) -> None:
    """Deal with a row that makes no Job here.

    When the database knows the model, this process may only be behind an update: try
    later. Otherwise fail, with an error that says what is missing.
    """
    job = _RowOnly(hand, leased)
    row = leased.row
    env.cr.rollback()
    begin(env, hand, leased)
    message = f"This job cannot be run: {_reason(env, row, error)}"
    retry = (row["retry"] or 0) + 1
    try:
        if _may_come(env, row, error) and (
            not row["max_retries"] or retry < row["max_retries"]
        ):
            with _deciding(env, job):
                env.cr.execute(
                    sql.PUT_OFF,
                    {"id": leased.id, "seconds": _NOT_HERE_YET, "result": message},
                )
            return
        values = {
            "exc_name": f"{type(error).__module__}.{type(error).__name__}".removeprefix(
                "builtins."
            ),
            "exc_message": message,
            "exc_info": message,
        }
        _logger.error("%s failed: %s", job, message)
        with _deciding(env, job):
            record = env["queue.job"].sudo().browse(leased.id)
            record.write({"state": "failed", "retry": retry, **values})
    except LeaseLost:
        _lost(env, job)
    except Exception:
        if is_broken(env):
            raise
        _logger.exception("The failure of %s could not be dealt with as usual", job)
        _fail_row(env, job, leased, values, retry)


def _reason(env, row: dict, error: Exception) -> str:
    model = row["model_name"]
    if model and model not in env.registry:
        return f"the model {model} does not exist (any more)"
    if model and not hasattr(env.registry[model], row["method_name"] or ""):
        return f"{model} has no method {row['method_name']}"
    return f"{type(error).__name__}: {error}"


def _may_come(env, row: dict, error: Exception) -> bool:
    if not isinstance(error, KeyError) or row["model_name"] in env.registry:
        return False
    env.cr.execute("SELECT 1 FROM ir_model WHERE model = %s", (row["model_name"],))
    return bool(env.cr.rowcount)


def release(env, job, tries: int) -> None:
    """Make the children of a done job pending that wait for nothing else.

    In a transaction of its own, which begins after the job's was committed: of two
    parents that finish together, the later one sees both done. The flag on the
    parent's row falls with it; as long as it stands, any worker takes this up.
    """
    hand, _leased = lease_of(job)
    owed = [job.uuid, *(hand.owed if hand else ())]
    if hand and hand.next_looks_too(job):
        hand.owed = owed
        return
    for left in reversed(range(tries)):
        try:
            with _after(env, job) as own_env:
                if not _sibling_will_look(own_env, job):
                    job.enqueue_waiting()
                    own_env.flush_all()
                own_env.cr.execute(sql.RELEASED, {"uuids": owed})
            if hand:
                hand.owed = []
            return
        except (TransactionRollbackError, ConcurrencyError):
            if not left:
                # the flag stands
                _logger.warning("%s: its children are released a little later", job)
            time.sleep(random.uniform(0, 0.05 * (tries - left)))
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            _logger.exception("%s: its children could not be released", job)
            return


def _sibling_will_look(env, job) -> bool:
    """Tell whether another parent of all children is sure to be done later."""
    children = job._reverse_depends_on_uuids
    if not children or not job.graph_uuid:
        return False
    env.cr.execute(
        sql.SIBLING_WILL_LOOK,
        {"graph": job.graph_uuid, "uuid": job.uuid, "children": json.dumps(children)},
    )
    return bool(env.cr.rowcount)


@contextmanager
def _after(env, job):
    """Yield an environment for what follows the job's commit."""
    _hand, leased = lease_of(job)
    if not leased:
        with env.cr.savepoint():
            yield env
        return
    try:
        # the flag stands when this is lost
        env.cr.execute("SET LOCAL synchronous_commit TO off")
        yield env
        env.cr.commit()
    except Exception:
        if not is_broken(env):
            env.cr.rollback()
        raise
