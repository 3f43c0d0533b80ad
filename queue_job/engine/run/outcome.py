"""Stores the outcome of a job that did not simply succeed.

It failed, is postponed, or was interrupted; see :mod:`.transaction`.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from psycopg2.errors import UniqueViolation
from psycopg2.extensions import TransactionRollbackError

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from ...exception import FailedJobError
from ...job import Job, text
from ...job.uniqueness import UNIQUE_INDEX
from . import sql
from .environment import bound_to, usable_env
from .errors import LeaseLost
from .failure import Failure, store_with_sql
from .interrupt import SHUTDOWN, STOP, TIME_LIMIT, Interruption, JobInterrupted
from .job_code import job_code, raised_by
from .transaction import discard_work, lease_of, outcome_transaction

if TYPE_CHECKING:
    from odoo.api import Environment

    from .leased_job import LeasedJob

_logger = logging.getLogger(__name__)

#: Attempts to store an outcome despite conflicts.
_TRIES = 5


def check_interruption(job: Job) -> None:
    """Handle an interrupted job as such, whatever error its interruption turned into.

    :raises JobInterrupted: if it was interrupted
    """
    _batch, leased = lease_of(job)
    if leased and leased.interruptible and leased.interruptible.interruption:
        raise JobInterrupted


def store_interruption(env: Environment, job: Job) -> None:
    """Store the outcome of an interrupted job.

    Over its time limit it fails; stopped by a user it is cancelled; on shutdown of the
    server it becomes pending again, as if it had not been started.
    """
    _batch, leased = lease_of(job)
    # it may have been interrupted while leaving the interruptible section
    leased.interruptible.close()
    _store_interruption(env, job, leased.interruptible.interruption)


def store_abandoned(database: str, uuid: str, interruption: Interruption) -> None:
    """Store the outcome of a job whose thread is stuck.

    It has lost its lease. If this fails, the job is rescued as an orphan.
    """
    try:
        registry = Registry(database)
        with job_code(), registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            job = Job.load(env, uuid)
            job.retry += 1
            _store_interruption(env, job, interruption)
    except Exception as error:
        _logger.error(
            "Outcome of an abandoned job not stored: job=%s\n%s",
            uuid,
            text.traceback_text(error),
        )


def _store_interruption(env: Environment, job: Job, interruption: Interruption) -> None:
    message = text.text_of(interruption)
    _logger.warning("Job interrupted: job=%s reason=%s", job.uuid, message)
    if interruption.kind == TIME_LIMIT:
        values = {
            "exc_name": "JobTimeLimitExceeded",
            "exc_message": message,
            "exc_info": message,
        }
        fail(env, job, values)
    elif interruption.kind == STOP:
        _store(env, job, lambda own_env: _cancel(own_env, job, message))
    elif interruption.kind == SHUTDOWN:
        _batch, leased = lease_of(job)
        values = {"id": leased.id}
        _store(
            env,
            job,
            lambda own_env: own_env.cr.execute(sql.RETRY_INTERRUPTED, values),
        )


def _cancel(env: Environment, job: Job, message: str) -> None:
    with bound_to(job, usable_env(job.env)):
        job.set_cancelled(result=message)
        job.update()
        env.flush_all()
        job.cancel_dependent_jobs()


def postpone(env: Environment, job: Job, message: str, seconds: float) -> None:
    """Schedule another attempt; this one is counted."""

    def store(_own_env: bool) -> None:
        job.postpone(result=message, seconds=seconds)
        with bound_to(job, usable_env(job.env)):
            job.set_pending(reset_retry=False)
            job.update()

    _store(env, job, store)


def _store(env: Environment, job: Job, store: Callable) -> None:
    """Store an outcome with ``store(env)``, unless the lease is lost."""
    try:
        _store_with_retries(env, job, store)
    except (LeaseLost, TransactionRollbackError):
        give_up_job(env, job)


def _store_with_retries(env: Environment, job: Job, store: Callable) -> None:
    """Store an outcome, again after a conflict: with a transaction that edits the job
    or stores another one with its identity key, which a new attempt sees.

    :raises LeaseLost: if the lease is lost
    """
    for left in reversed(range(_TRIES)):
        try:
            with job_code(), outcome_transaction(env, job) as own_env:
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


def check_tries(job: Job, error: Exception) -> None:
    """Fail a job that has no attempts left after a conflict.

    :raises FailedJobError: from ``error``
    """
    if job.max_retries and job.retry >= job.max_retries:
        raise FailedJobError(
            f"Max. retries ({job.max_retries}) reached: {text.text_of(error).strip()}"
        ) from error


def fail(env: Environment, job: Job, values: dict) -> None:
    """Store a failure, notify users, call the on-fail method.

    An error in notifying or in the on-fail method does not prevent the failure from
    being stored: it is appended to it.

    :raises Exception: if it cannot be stored in any way
    """
    failure = Failure(job, values)
    while True:
        try:
            _store_with_retries(env, job, failure.write)
            return
        except LeaseLost:
            give_up_job(env, job)
            return
        except Exception as error:
            _logger.error(
                "Failure not stored in the usual way: job=%s\n%s",
                job.uuid,
                text.traceback_text(raised_by(error)),
            )
            if not failure.note(error):
                raise


def fail_undecodable(
    env: Environment, job: Any, leased: LeasedJob, values: dict, retry: int
) -> None:
    """Store the failure of a job that cannot be loaded, if the ORM fails."""
    try:
        with job_code(), outcome_transaction(env, job):
            store_with_sql(env.cr, leased.id, values, retry)
    except LeaseLost:
        give_up_job(env, job)


def give_up_job(env: Environment, job: Any) -> None:
    """Discard the work of a job whose lease is lost."""
    discard_work(env, job)
    _logger.warning("Lease lost, outcome not stored: job=%s", job.uuid)
