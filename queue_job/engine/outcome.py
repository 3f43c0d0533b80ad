"""Storing what became of a job that did not simply end well.

Each of these is a transaction of its own, after the job's work was rolled back, and
begins by checking the lease. A job run without one (by hand, by a test) is stored on a
cursor of its own, as its caller's transaction is the caller's.
"""

import logging
from contextlib import contextmanager

from psycopg2.extensions import TransactionRollbackError

from odoo.tools import config

from ..exception import FailedJobError
from .errors import LeaseLost
from .interrupt import Interruptible, JobInterrupted
from .sql import lease as sql

_logger = logging.getLogger(__name__)


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
    hand, leased = lease_of(job)
    if leased:
        hand.roll_back(env.cr)
        leased.settled = True
    else:
        env.cr.rollback()
    env.registry.reset_changes()


@contextmanager
def deciding(env, job):
    """Yield the environment in which to store the fate of ``job``, then commit it.

    :raises LeaseLost: when it is not ours to decide
    """
    hand, leased = lease_of(job)
    env.registry.reset_changes()
    known = vars(job).get("_stored_values")
    try:
        if leased:
            hand.roll_back(env.cr)
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
    # it may have been interrupted on its way out, before that was noted
    leased.interruptible.close()
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
        with deciding(env, job):
            if interruption.kind == "stop":
                job.set_cancelled(result=message)
                job.store()
                env.flush_all()
                job.cancel_dependent_jobs()
            else:
                env.cr.execute(sql.RETURN, {"id": leased.id})
    except (LeaseLost, TransactionRollbackError):
        lost(env, job)


def postpone(env, job, message: str, seconds) -> None:
    """Let the job be tried again later; its try is counted."""
    try:
        with deciding(env, job):
            job.postpone(result=message, seconds=seconds)
            job.set_pending(reset_retry=False)
            job.store()
    except (LeaseLost, TransactionRollbackError):
        lost(env, job)


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
            with deciding(env, job):
                job.set_failed(**_with_notes(values, notes))
                job.store()
                if with_on_fail:
                    job.on_fail(values)
            return
        except LeaseLost:
            lost(env, job)
            return
        except Exception as error:
            if is_broken(env):
                raise
            notes.append(error)
            _logger.exception("The failure of %s could not be dealt with as usual", job)
    _hand, leased = lease_of(job)
    if not leased:
        raise notes[-1]
    fail_row(env, job, leased, _with_notes(values, notes), job.retry)


def _with_notes(values: dict, notes: list[Exception]) -> dict:
    said = "".join(
        f"\n\nWhile this failure was stored: {type(note).__name__}: {note}"
        for note in notes
    )
    return {**values, "exc_info": f"{values.get('exc_info') or ''}{said}"}


def fail_row(env, job, leased, values: dict, retry: int) -> None:
    """Store a failure with SQL: the last resort when the ORM cannot."""
    try:
        with deciding(env, job):
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
        lost(env, job)


def lost(env, job) -> None:
    """Let a job be that is not ours to decide about any more."""
    forget(env, job)
    _logger.warning("%s was taken away from this worker; nothing is stored", job)


def begin(env, hand, leased) -> None:
    """Start a job only to decide its fate: its lease is checked as started."""
    if not leased.begun:
        hand.begin(env.cr, leased)
        env.cr.commit()
