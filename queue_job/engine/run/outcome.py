"""Storing what became of a job that did not simply end well.

Each of these is a transaction of its own, after the job's work was rolled back, and
begins by checking the lease. A job run without one (by hand, by a test) is stored on a
cursor of its own, as its caller's transaction is the caller's.
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

from ...exception import FailedJobError
from ...job import Job, text
from ...job.uniqueness import UNIQUE_INDEX
from . import job_code as fate
from . import sql
from .environment import bound_to, usable_env
from .errors import LeaseLost
from .failure import Failure, store_with_sql
from .interrupt import Interruptible, Interruption, JobInterrupted

_logger = logging.getLogger(__name__)

#: How often a fate is stored again after a collision.
_TRIES = 5


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
    if not is_broken(env):
        hand.roll_back(env.cr) if leased else env.cr.rollback()
    if leased:
        leased.settled = True
    env.registry.reset_changes()


def is_ours(env, job) -> bool:
    """Roll back the work of a job that seems to have lost its lease; tell whether it
    holds it after all: then the job itself changed or deleted its row."""
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
    """Yield the environment in which to store the fate of ``job``, then commit it.

    :raises LeaseLost: when it is not ours to decide
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
        # what was stored is rolled back: it must be stored again by the next attempt
        job._stored_values = known
        raise


@contextmanager
def _elsewhere(env, job):
    """Bind a job to a cursor of its own, committed when all went well."""
    with env.registry.cursor() as cr, bound_to(job, job.env(cr=cr)):
        yield env(cr=cr)


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
    end(env, job, leased.interruptible.interruption)


def end(env, job, interruption: Interruption) -> None:
    """Store what becomes of a job that is ended for this reason."""
    message = text.text_of(interruption)
    _logger.warning("%s is ended: %s", job, message)
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
    """Store what becomes of a job whose thread does not come back.

    It has lost its lease. When this fails, the job is taken back as one that runs for
    nobody.
    """
    try:
        registry = Registry(database)
        with fate.job_code(), registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            job = Job.load(env, uuid)
            job.retry += 1
            end(env, job, interruption)
    except Exception as error:
        _logger.error("Job %s could not be ended\n%s", uuid, text.traceback_text(error))


def _cancel(env, job, message: str) -> None:
    with bound_to(job, usable_env(job.env)):
        job.set_cancelled(result=message)
        job.update()
        env.flush_all()
        job.cancel_dependent_jobs()


def postpone(env, job, message: str, seconds) -> None:
    """Let the job be tried again later; its try is counted."""

    def store(_own_env) -> None:
        job.postpone(result=message, seconds=seconds)
        with bound_to(job, usable_env(job.env)):
            job.set_pending(reset_retry=False)
            job.update()

    _store(env, job, store)


def _store(env, job, store: Callable) -> None:
    """Store the fate of a job with ``store(env)``; let it be when it is not ours."""
    try:
        _store_again(env, job, store)
    except (LeaseLost, TransactionRollbackError):
        lost(env, job)


def _store_again(env, job, store: Callable) -> None:
    """Store the fate of a job, again after a collision: with who edits the job, or
    stores another one with its identity key, which the new attempt sees.

    :raises LeaseLost: when it is not ours
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
    """Tell whether the next attempt may end otherwise."""
    if isinstance(error, UniqueViolation):
        return error.diag.constraint_name == UNIQUE_INDEX
    return True


def check_tries(job, error: Exception) -> None:
    """Let a job that collided too often fail.

    :raises FailedJobError: from ``error``
    """
    if job.max_retries and job.retry >= job.max_retries:
        raise FailedJobError(
            f"Max. retries ({job.max_retries}) reached: {text.text_of(error).strip()}"
        ) from error


def fail(env, job, values: dict) -> None:
    """Store a failure, tell people, call the on-fail method.

    An error in telling or in the on-fail method does not keep the failure from being
    stored: it is noted with it.

    :raises Exception: when it cannot be stored in any way
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
                "The failure of %s could not be recorded as usual\n%s",
                job,
                text.traceback_text(fate.raised_by(error)),
            )
            if not failure.note(error):
                raise


def fail_row(env, job, leased, values: dict, retry: int) -> None:
    """Store the failure of a job that cannot be loaded, when the ORM cannot."""
    try:
        with fate.job_code(), deciding(env, job):
            store_with_sql(env.cr, leased.id, values, retry)
    except LeaseLost:
        lost(env, job)


def lost(env, job) -> None:
    """Let a job be that is not ours to decide about any more."""
    forget(env, job)
    _logger.warning("%s was taken away from this worker; nothing is stored", job)


def begin(env, hand, leased) -> None:
    """Start a job only to decide its fate: its lease is checked as started.

    Its start may have been rolled back; it changes nothing when it was not.
    """
    hand.begin(env.cr, leased)
    env.cr.commit()
