"""Stores the outcome of a job that did not simply succeed.

Each of these is a separate transaction, after the job's work was rolled back, and
begins by checking the lease. A job that runs without a lease (manually, in a test) is
stored on a separate cursor, as the transaction belongs to its caller.
"""

import logging
import random
import time
from collections.abc import Callable
from contextlib import contextmanager

from psycopg2.errors import UniqueViolation
from psycopg2.extensions import TransactionRollbackError

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from ..exception import FailedJobError
from ..job import Job
from ..jobs import text
from ..jobs.twins import UNIQUE_INDEX
from . import fate
from .environment import bound_to, usable_env
from .errors import LeaseLost
from .failure import Failure, store_with_sql
from .interrupt import Interruptible, Interruption, JobInterrupted
from .sql import lease as sql

_logger = logging.getLogger(__name__)

#: Attempts to store an outcome despite conflicts.
_TRIES = 5


def lease_of(job) -> tuple:
    """Return the lease and the leased job of ``job``, or two None."""
    return getattr(job, "lease", None) or (None, None)


def may_commit() -> bool:
    """Tell whether a job without lease is committed: not during tests."""
    return not config["test_enable"]


def is_broken(env) -> bool:
    """Tell whether the connection is lost, so that nothing can be stored on it."""
    return bool(env.cr.closed)


def forget(env, job) -> None:
    """Roll back the work of a job whose lease is lost."""
    hand, leased = lease_of(job)
    if not is_broken(env):
        hand.roll_back(env.cr) if leased else env.cr.rollback()
    if leased:
        leased.settled = True
    env.registry.reset_changes()


def is_ours(env, job) -> bool:
    """Roll back the work of a job that seems to have lost its lease; tell whether it
    still holds it: then the job itself changed or deleted its row."""
    hand, leased = lease_of(job)
    if not leased or is_broken(env):
        return False
    hand.roll_back(env.cr)
    try:
        hand.check(env.cr, leased)
    except (LeaseLost, TransactionRollbackError):
        return False
    return True


@contextmanager
def deciding(env, job):
    """Yield the environment in which to store the outcome of ``job``, then commit.

    :raises LeaseLost: if the lease is lost
    """
    hand, leased = lease_of(job)
    env.registry.reset_changes()
    known = vars(job).get("_stored_values")
    try:
        if leased and not is_broken(env):
            hand.roll_back(env.cr)
            hand.let_go(env.cr, leased)
            yield env
            env.flush_all()
            env.cr.commit()
        else:
            # its session belongs to the caller, or is lost
            with _elsewhere(env, job) as own_env:
                if leased:
                    hand.let_go(own_env.cr, leased)
                yield own_env
        if leased:
            leased.settled = True
    except BaseException:
        # what was stored is rolled back: the next attempt must store it again
        job._stored_values = known
        raise


@contextmanager
def _elsewhere(env, job):
    """Bind a job to a separate cursor, which is committed on success."""
    with env.registry.cursor() as cr, bound_to(job, job.env(cr=cr)):
        yield env(cr=cr)


def interruptible(env, leased) -> Interruptible:
    """Return the context in which the job's own code runs."""
    leased.interruptible = Interruptible(env.cr._cnx)
    return leased.interruptible


def check_interruption(job) -> None:
    """Handle an interrupted job as such, whatever error its interruption turned into.

    :raises JobInterrupted: if it was interrupted
    """
    _hand, leased = lease_of(job)
    if leased and leased.interruptible and leased.interruptible.interruption:
        raise JobInterrupted


def interrupted(env, job) -> None:
    """Store the outcome of an interrupted job.

    Over its time limit it fails; stopped by a user it is cancelled; on shutdown of the
    server it becomes pending again, as if it had not been started.
    """
    _hand, leased = lease_of(job)
    # it may have been interrupted while leaving the interruptible section
    leased.interruptible.close()
    end(env, job, leased.interruptible.interruption)


def end(env, job, interruption: Interruption) -> None:
    """Store the outcome of a job interrupted for this reason."""
    message = text.text_of(interruption)
    _logger.warning("Job interrupted: job=%s reason=%s", job, message)
    if interruption.kind == "time_limit":
        values = {
            "exc_name": "JobTimeLimitExceeded",
            "exc_message": message,
            "exc_info": message,
        }
        fail(env, job, values)
    elif interruption.kind == "stop":
        _store(env, job, lambda own_env: _cancel(own_env, job, message))
    else:
        _hand, leased = lease_of(job)
        _store(
            env, job, lambda own_env: own_env.cr.execute(sql.RETURN, {"id": leased.id})
        )


def settle_stuck(database: str, uuid: str, interruption: Interruption) -> None:
    """Store the outcome of a job whose thread is stuck.

    It has lost its lease. If this fails, the job is taken back as an orphan.
    """
    try:
        registry = Registry(database)
        with fate.job_code(), registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            job = Job.load(env, uuid)
            job.retry += 1
            end(env, job, interruption)
    except Exception as error:
        _logger.error("Cannot end stuck job: %s\n%s", uuid, text.traceback_text(error))


def _cancel(env, job, message: str) -> None:
    with bound_to(job, usable_env(job.env)):
        job.set_cancelled(result=message)
        job.update()
        env.flush_all()
        job.cancel_dependent_jobs()


def postpone(env, job, message: str, seconds) -> None:
    """Schedule another attempt; this one is counted."""

    def store(_own_env) -> None:
        job.postpone(result=message, seconds=seconds)
        with bound_to(job, usable_env(job.env)):
            job.set_pending(reset_retry=False)
            job.update()

    _store(env, job, store)


def _store(env, job, store: Callable) -> None:
    """Store the outcome of a job with ``store(env)``, unless its lease is lost."""
    try:
        _store_again(env, job, store)
    except (LeaseLost, TransactionRollbackError):
        lost(env, job)


def _store_again(env, job, store: Callable) -> None:
    """Store the outcome of a job, again after a conflict: with a transaction that edits
    the job or stores another one with its identity key, which a new attempt sees.

    :raises LeaseLost: if the lease is lost
    """
    for left in reversed(range(_TRIES)):
        try:
            with fate.job_code(), deciding(env, job) as own_env:
                store(own_env)
            return
        except (TransactionRollbackError, UniqueViolation) as error:
            if not left or not _is_passing(error):
                raise
            time.sleep(random.uniform(0, 0.1))


def _is_passing(error: Exception) -> bool:
    """Tell whether another attempt may succeed."""
    if isinstance(error, UniqueViolation):
        return error.diag.constraint_name == UNIQUE_INDEX
    return True


def check_tries(job, error: Exception) -> None:
    """Fail a job that has no attempts left after a conflict.

    :raises FailedJobError: from ``error``
    """
    if job.max_retries and job.retry >= job.max_retries:
        raise FailedJobError(
            f"Max. retries ({job.max_retries}) reached: {text.text_of(error).strip()}"
        ) from error


def fail(env, job, values: dict) -> None:
    """Store a failure, notify users, call the on-fail method.

    An error in notifying or in the on-fail method does not prevent the failure from
    being stored: it is appended to it.

    :raises Exception: if it cannot be stored in any way
    """
    failure = Failure(job, values)
    while True:
        try:
            _store_again(env, job, failure.write)
            return
        except LeaseLost:
            lost(env, job)
            return
        except Exception as error:
            _logger.error(
                "Cannot store a failure in the usual way: job=%s\n%s",
                job,
                text.traceback_text(fate.raised_by(error)),
            )
            if not failure.note(error):
                raise


def fail_row(env, job, leased, values: dict, retry: int) -> None:
    """Store the failure of a job that cannot be loaded, if the ORM fails."""
    try:
        with fate.job_code(), deciding(env, job):
            store_with_sql(env.cr, leased.id, values, retry)
    except LeaseLost:
        lost(env, job)


def lost(env, job) -> None:
    """Drop the work of a job whose lease is lost."""
    forget(env, job)
    _logger.warning("Lease lost, nothing is stored: job=%s", job)


def begin(env, hand, leased) -> None:
    """Mark a job as started, as storing its outcome requires that.

    Its start may have been rolled back; no effect if it was not.
    """
    hand.begin(env.cr, leased)
    env.cr.commit()
