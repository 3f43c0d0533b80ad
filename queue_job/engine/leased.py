"""Taking up one leased job: from its row to a Job that is started."""

import logging
import os

import psycopg2
from psycopg2.extensions import TransactionRollbackError

from ..exception import FailedJobError
from ..job import STARTED, Job
from ..jobs import text
from . import fate, outcome
from .environment import bound_to, usable_env
from .errors import WorkerDied
from .unreadable import cannot_load

_logger = logging.getLogger(__name__)

#: A job that ended its worker this often does not get another one.
MOST_DEATHS = 3

_NO_REASON = "its process or its node is gone, and nobody knows why"


def acquire_leased(env, hand, leased) -> Job | None:
    """Return the leased job, started; None when it is not to be run.

    A job that cannot be read, or that killed its workers, has failed afterwards.
    """
    row = leased.row
    problem = _deadly(row)
    try:
        with fate.job_code():
            job = Job._load_from_values(env, row)
    except Exception as error:
        return cannot_load(env, hand, leased, error)
    job.lease = (hand, leased)
    functions = env["queue.job.function"].sudo()
    leased.time_limit = functions.engine_config(leased.function).time_limit
    if problem:
        env.cr.rollback()
        outcome.begin(env, hand, leased)
        outcome.fail(env, job, problem)
        return None
    try:
        with fate.job_code():
            return _start(env, hand, leased, job)
    except psycopg2.OperationalError:
        raise
    except Exception as error:
        if outcome.is_broken(env):
            raise
        _fail_to_start(env, hand, leased, job, error)
        return None


def _start(env, hand, leased, job: Job) -> Job | None:
    """Return the job, started and committed; None when that was not to be."""
    if leased.begun:
        hand.clean(env.cr)
        job.date_started = leased.row["date_started"]
    elif hand.is_plain(env):
        job.date_started = _begin(env, hand, leased)
        if not leased.begun:
            return _gone(env, leased)
        env.cr.commit()
    else:
        job.date_started = _begin(env, hand, leased)
        if not leased.begun:
            return _gone(env, leased)
        # those who watch the ORM's writes see this one too
        known = job._stored_values
        _mark_started(job)
        job._stored_values = known
        with bound_to(job, usable_env(job.env)):
            job.store()
        env.cr.commit()
    _mark_started(job)
    return job


def _fail_to_start(env, hand, leased, job: Job, error: Exception) -> None:
    """Let a job fail because of what others do when it starts."""
    raised = fate.raised_by(error)
    told = text.traceback_text(raised)
    _logger.error("%s could not be started\n%s", job, told)
    env.cr.rollback()
    outcome.begin(env, hand, leased)
    job.retry += 1
    outcome.fail(env, job, fate.failure_values(raised, told, job.lang))


def _begin(env, hand, leased):
    """Return when the job was marked as started, None when that was not to be."""
    try:
        return hand.begin(env.cr, leased)
    except TransactionRollbackError:
        # somebody edits it at this very moment: the next claim decides about it
        return None


def _mark_started(job: Job) -> None:
    job.state = STARTED
    job.date_started = job.date_started or job._now()
    job.worker_pid = os.getpid()
    # the row says so: what changes from here on is stored
    job._stored_values = job._following_values()


def _gone(env, leased) -> None:
    """Note that somebody cancelled or changed the job before it started."""
    env.cr.rollback()
    leased.settled = True
    _logger.info("Job %s was taken away before it could start", leased.uuid)


def _deadly(row: dict) -> dict | None:
    """Return the failure of a job that its workers did not survive."""
    deaths = row["worker_deaths"] or 0
    tries_left = not row["max_retries"] or (row["retry"] or 0) < row["max_retries"]
    if not deaths or (deaths < MOST_DEATHS and tries_left):
        return None
    message = (
        f"The worker that ran this job died {deaths} time(s), the last one on try "
        f"{row['retry']}: {row['death_reason'] or _NO_REASON}."
    )
    error = WorkerDied(message)
    return {
        "exc_name": "JobFoundDead",
        "exc_message": message,
        "exc_info": f"{FailedJobError.__name__}: {error}",
    }
