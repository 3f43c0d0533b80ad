"""Starts one leased job: from its row to a started Job."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import psycopg2
from psycopg2.extensions import TransactionRollbackError

from ...exception import FailedJobError
from ...job import Job, text
from . import outcome
from .environment import bound_to, usable_env
from .errors import WorkerDied
from .failure import failure_values
from .job_code import job_code, raised_by
from .transaction import is_broken, start_for_outcome
from .undecodable import store_undecodable

if TYPE_CHECKING:
    from datetime import datetime

    from odoo.api import Environment

    from .lease import LeasedBatch
    from .leased_job import LeasedJob

_logger = logging.getLogger(__name__)

#: A job that killed this many workers is not run again.
MAX_WORKER_DEATHS = 3

_NO_REASON = "its process or its server was lost, for an unknown reason"


def acquire_leased(
    env: Environment, batch: LeasedBatch, leased: LeasedJob
) -> Job | None:
    """Return the leased job, started; None if it must not run.

    A job that cannot be loaded, or that killed its workers, is marked as failed.
    """
    row = leased.row
    problem = _failure_of_lost_workers(row)
    try:
        with job_code():
            job = Job._load_from_values(env, row)
    except Exception as error:
        store_undecodable(env, batch, leased, error)
        return None
    job.lease = (batch, leased)
    functions = env["queue.job.function"].sudo()
    leased.time_limit = functions.engine_config(leased.function).time_limit
    if problem:
        env.cr.rollback()
        start_for_outcome(env, batch, leased)
        outcome.fail(env, job, problem)
        return None
    try:
        with job_code():
            return _start(env, batch, leased, job)
    except psycopg2.OperationalError:
        raise
    except Exception as error:
        if is_broken(env):
            raise
        _fail_to_start(env, batch, leased, job, error)
        return None


def _start(
    env: Environment, batch: LeasedBatch, leased: LeasedJob, job: Job
) -> Job | None:
    """Return the job, started and committed; None if it was changed before."""
    if leased.is_started:
        batch.clean(env.cr)
        job.date_started = leased.row["date_started"]
    elif batch.is_plain(env):
        job.date_started = _try_to_start(env, batch, leased)
        if not leased.is_started:
            _not_started(env, leased)
            return None
        env.cr.commit()
    else:
        job.date_started = _try_to_start(env, batch, leased)
        if not leased.is_started:
            _not_started(env, leased)
            return None
        # addons that override the ORM's write must see this one too
        known = job._stored_values
        _mark_started(job)
        job._stored_values = known
        with bound_to(job, usable_env(job.env)):
            job.store()
        env.cr.commit()
    _mark_started(job)
    return job


def _fail_to_start(
    env: Environment, batch: LeasedBatch, leased: LeasedJob, job: Job, error: Exception
) -> None:
    """Mark a job as failed because other addons raised when it started."""
    raised = raised_by(error)
    traceback = text.traceback_text(raised)
    _logger.error("Job not started: job=%s\n%s", job.uuid, traceback)
    env.cr.rollback()
    start_for_outcome(env, batch, leased)
    job.retry += 1
    outcome.fail(env, job, failure_values(raised, traceback, job.lang))


def _try_to_start(
    env: Environment, batch: LeasedBatch, leased: LeasedJob
) -> datetime | None:
    """Return when the job was marked as started, None if it was changed."""
    try:
        return batch.start(env.cr, leased)
    except TransactionRollbackError:
        # it is being edited right now: the next claim handles it
        return None


def _mark_started(job: Job) -> None:
    job.note_start(job.date_started)
    # the row has these values: only later changes are stored
    job._stored_values = job._following_values()


def _not_started(env: Environment, leased: LeasedJob) -> None:
    """Note that the job was cancelled or changed before it started."""
    env.cr.rollback()
    leased.settled = True
    _logger.info("Job changed before it could start: job=%s", leased.uuid)


def _failure_of_lost_workers(row: dict) -> dict | None:
    """Return the failure of a job that killed its workers, None if it may run."""
    deaths = row["worker_deaths"] or 0
    tries_left = not row["max_retries"] or (row["retry"] or 0) < row["max_retries"]
    if not deaths or (deaths < MAX_WORKER_DEATHS and tries_left):
        return None
    message = (
        f"The worker running this job died {deaths} time(s), most recently on attempt "
        f"{row['retry']}: {row['death_reason'] or _NO_REASON}."
    )
    error = WorkerDied(message)
    return {
        "exc_name": "JobFoundDead",
        "exc_message": message,
        "exc_info": f"{FailedJobError.__name__}: {error}",
    }
