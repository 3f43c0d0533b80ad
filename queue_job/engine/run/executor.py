"""The path of a job: acquired, performed, and its outcome stored.

Each step is a class method: an addon that derives from the class, or patches one of its
methods, wraps every job of every worker; see :mod:`.executor_class`.
"""

import logging

from psycopg2 import OperationalError
from psycopg2.extensions import TransactionRollbackError

from odoo.exceptions import ConcurrencyError, LockError

from ...exception import FailedJobError, RetryableJobError
from ...job import ENQUEUED, Job
from ...jobs import text
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

# the logger that other addons mute and read
_logger = logging.getLogger("odoo.addons.queue_job.controllers.main")

#: Seconds before a job is tried again that collided with another transaction.
PG_RETRY = 5

#: How often the release of dependents is tried when it collides.
DEPENDS_MAX_TRIES_ON_CONCURRENCY_FAILURE = 5

#: Collisions: nothing is wrong with the job, it was only unlucky.
_COLLISIONS = (TransactionRollbackError, ConcurrencyError, LockError)
_LOCK_NOT_AVAILABLE = "55P03"


def _is_collision(error: Exception) -> bool:
    return isinstance(error, _COLLISIONS) or (
        isinstance(error, OperationalError) and error.pgcode == _LOCK_NOT_AVAILABLE
    )


class JobExecutor:
    """How one job is run, whoever asks for it."""

    @classmethod
    def _acquire_job(cls, env, job_uuid: str) -> Job | None:
        """Return the job, started and committed, or None when it is not to be run.

        A worker's own lease decides; without one, the job must be ``enqueued`` and
        leased by nobody.
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
    def _try_perform_job(cls, env, job: Job) -> None:
        """Run the method and commit its work and ``done`` together.

        :raises LeaseLost: when the lease was lost meanwhile
        """
        _logger.debug("Job started: job=%s", job.uuid)
        batch, leased = lease_of(job)
        # without lease the cursor may be a test's: go back to here, not to its start
        with leased.interruptible_on(env.cr) if leased else env.cr.savepoint():
            with prevent_commit(env.cr):
                job.perform()
                # stored computed fields are part of the work and of its time
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
    def _runjob(cls, env, job: Job) -> None:
        """Run an acquired job and store its outcome.

        :raises Exception: what made the job fail, when that is stored
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
                    "The job deleted its own row, or changed its state: that is for "
                    "its worker to do. Its work is rolled back"
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
                # such as seconds that are no time
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
    def _fail_job(cls, env, job: Job, error: Exception) -> None:
        """Store and log that the job failed with ``error``.

        :raises psycopg2.Error: when the database session broke, which is no fault of
            the job
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
            values["exc_info"] = (
                f"{traceback}\n\nWhile this failure was described: {own}"
            )
        outcome.fail(env, job, values)

    @classmethod
    def _get_failure_values(
        cls, job: Job, traceback_txt: str, orig_exception: BaseException
    ) -> dict:
        """Return what is stored about an error: ``exc_info``, ``exc_name`` and
        ``exc_message``."""
        return failure_values(orig_exception, traceback_txt, job.lang)

    @classmethod
    def _enqueue_dependent_jobs(cls, env, job: Job) -> None:
        """Let the jobs start that waited for this one only.

        The job is done and committed. Its row says that the release is due until that
        is committed too, so another worker makes up for it if this process cannot.
        """
        if not job.should_check_dependents():
            return
        release_after_commit(env, job, DEPENDS_MAX_TRIES_ON_CONCURRENCY_FAILURE)
        _logger.debug("Dependents released: job=%s", job.uuid)
