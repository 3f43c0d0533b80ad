"""The path of a job: acquired, performed, and its outcome stored.

Each step is a class method: an addon that derives from the class, or patches one of its
methods, wraps every job of every worker; see :mod:`.executor_class`.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from psycopg2 import OperationalError
from psycopg2.extensions import TransactionRollbackError

from odoo.exceptions import ConcurrencyError, LockError

from ...exception import FailedJobError, RetryableJobError
from ...job import ENQUEUED, Job, text
from . import lost_session, outcome, sql
from .acquire import acquire_leased
from .commit import prevent_commit
from .dependents import release_after_commit
from .errors import LeaseLost
from .failure import failure_values
from .interrupt import JobInterrupted
from .job_code import job_code, raised_by
from .lease import LeasedBatch
from .transaction import discard_work, holds_lease, is_broken, lease_of, may_commit

if TYPE_CHECKING:
    from odoo.api import Environment

# the logger that other addons mute and read
_logger = logging.getLogger("odoo.addons.queue_job.controllers.main")

#: Seconds before a retry after a conflict with another transaction.
PG_RETRY = 5

#: Attempts to release dependents despite conflicts.
DEPENDS_MAX_TRIES_ON_CONCURRENCY_FAILURE = 5

#: Conflicts with other transactions, which are not the job's fault.
_COLLISIONS = (TransactionRollbackError, ConcurrencyError, LockError)
_LOCK_NOT_AVAILABLE = "55P03"


def _is_collision(error: Exception) -> bool:
    return isinstance(error, _COLLISIONS) or (
        isinstance(error, OperationalError) and error.pgcode == _LOCK_NOT_AVAILABLE
    )


class JobExecutor:
    """Runs one job, whatever requested it."""

    @classmethod
    def _acquire_job(cls, env: Environment, job_uuid: str) -> Job | None:
        """Return the job, started and committed, or None if it must not run.

        The worker's own lease decides; without one, the job must be ``enqueued`` and
        not leased.
        """
        batch = LeasedBatch.of_this_thread()
        leased = batch and batch.find(job_uuid)
        if leased:
            return acquire_leased(env, batch, leased)
        env.flush_all()
        env.cr.execute(sql.LOCK_ENQUEUED, {"uuid": job_uuid})
        if not env.cr.fetchone():
            _logger.warning(
                "was requested to run job %s, but it does not exist, or is not in "
                "state %s, or is being handled by another worker",
                job_uuid,
                ENQUEUED,
            )
            return None
        job = Job.load(env, job_uuid)
        job.set_started()
        job.store()
        env.cr.commit()
        if not job.lock():
            _logger.warning("Job changed before it could start: job=%s", job_uuid)
            return None
        return job

    @classmethod
    def _try_perform_job(cls, env: Environment, job: Job) -> None:
        """Run the method and commit its work and ``done`` together.

        :raises LeaseLost: if the job lost its lease in the meantime
        """
        _logger.debug("Job started: job=%s", job.uuid)
        batch, leased = lease_of(job)
        # without lease the cursor may be a test's: roll back to here, not to its start
        with leased.interruptible_on(env.cr) if leased else env.cr.savepoint():
            with prevent_commit(env.cr):
                job.perform()
                # stored computed fields are part of the job's work and time
                env.flush_all()
        job.set_done()
        if leased:
            batch.finish(env, job, leased)
            env.flush_all()
            env.cr.commit()
            leased.settled = True
        else:
            job.store()
            env.flush_all()
            if may_commit():
                env.cr.commit()
        _logger.debug("Job done: job=%s", job.uuid)

    @classmethod
    def _runjob(cls, env: Environment, job: Job) -> None:
        """Run an acquired job and store its outcome.

        :raises Exception: the error that made the job fail, after it was stored
        """
        try:
            try:
                with job_code():
                    cls._try_perform_job(env, job)
            except Exception as error:
                outcome.check_interruption(job)
                if not _is_collision(error):
                    raise
                outcome.check_tries(job, error)
                raise RetryableJobError(
                    text.text_of(error).strip() or text.repr_of(error), seconds=PG_RETRY
                ) from error
        except JobInterrupted:
            outcome.store_interruption(env, job)
            return
        except LeaseLost as error:
            if holds_lease(env, job):
                problem = FailedJobError(
                    "The job deleted its own row or changed its own state, which only "
                    "its worker may do. Its work was rolled back"
                )
                problem.__cause__ = error
                cls._fail_job(env, job, problem)
                raise problem from error
            discard_work(env, job)
            _logger.warning(
                "Lease lost while the job ran, its work is rolled back: job=%s",
                job.uuid,
            )
            return
        except RetryableJobError as error:
            message = text.text_of(error, lang=job.lang)
            _logger.debug("Job postponed: job=%s reason=%s", job.uuid, message)
            try:
                outcome.postpone(env, job, message, error.seconds)
            except Exception as problem:
                # such as an invalid delay
                cls._fail_job(env, job, problem)
                raise
            return
        except Exception as error:
            cls._fail_job(env, job, error)
            raise
        try:
            with job_code():
                cls._enqueue_dependent_jobs(env, job)
        except Exception as error:
            if not is_broken(env):
                _logger.error(
                    "Job done, dependents not released: job=%s\n%s",
                    job.uuid,
                    text.traceback_text(raised_by(error)),
                )
            raise

    @classmethod
    def _fail_job(cls, env: Environment, job: Job, error: Exception) -> None:
        """Store and log that the job failed with ``error``.

        :raises psycopg2.Error: if the database session broke, which is not the job's
            fault
        """
        if is_broken(env) and not lost_session.is_own_fault(env.cr, error):
            raise error
        raised = raised_by(error)
        traceback = text.traceback_text(raised)
        values = failure_values(raised, traceback, job.lang)
        _logger.error("Job failed: job=%s\n%s", job.uuid, traceback)
        try:
            with job_code():
                values = {**values, **cls._get_failure_values(job, traceback, raised)}
        except Exception as problem:
            own = text.traceback_text(raised_by(problem))
            values["exc_info"] = f"{traceback}\n\nWhile describing this failure: {own}"
        outcome.fail(env, job, values)

    @classmethod
    def _get_failure_values(
        cls, job: Job, traceback_txt: str, orig_exception: BaseException
    ) -> dict:
        """Return the values to store for an error: ``exc_info``, ``exc_name`` and
        ``exc_message``."""
        return failure_values(orig_exception, traceback_txt, job.lang)

    @classmethod
    def _enqueue_dependent_jobs(cls, env: Environment, job: Job) -> None:
        """Release the dependents that waited only for this job.

        The job is done and committed, and its row is flagged until the release is
        committed too: if this process cannot do it, another one will.
        """
        if not job.should_check_dependents():
            return
        release_after_commit(env, job, DEPENDS_MAX_TRIES_ON_CONCURRENCY_FAILURE)
        _logger.debug("Dependents released: job=%s", job.uuid)
