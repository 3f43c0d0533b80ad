"""How every job is run, and the routes to try jobs.

Every job of every worker goes through the class methods of :class:`RunJobController`,
so an addon that wraps one of them wraps every job. Their names date from the time when
HTTP requests ran the jobs; workers no longer use HTTP.
"""

import logging
from contextlib import contextmanager

from psycopg2 import OperationalError
from psycopg2.extensions import TransactionRollbackError

from odoo import SUPERUSER_ID, http
from odoo.exceptions import ConcurrencyError, LockError

from ..delay import chain, group
from ..engine import children, deaths, fate, outcome
from ..engine.errors import LeaseLost
from ..engine.hand import Hand
from ..engine.interrupt import JobInterrupted
from ..engine.leased import acquire_leased
from ..exception import FailedJobError, RetryableJobError
from ..job import ENQUEUED, Job
from ..jobs import text
from .run_job import RunJob
from .test_jobs import TestJobs

__all__ = [
    "DEPENDS_MAX_TRIES_ON_CONCURRENCY_FAILURE",
    "ENQUEUED",
    "PG_RETRY",
    "SUPERUSER_ID",
    "FailedJobError",
    "Job",
    "RetryableJobError",
    "RunJobController",
    "chain",
    "group",
]

_logger = logging.getLogger(__name__)

#: Seconds before a retry after a conflict with another transaction.
PG_RETRY = 5

DEPENDS_MAX_TRIES_ON_CONCURRENCY_FAILURE = 5

#: Conflicts with other transactions, which are not the job's fault.
_COLLISIONS = (TransactionRollbackError, ConcurrencyError, LockError)
_LOCK_NOT_AVAILABLE = "55P03"


@contextmanager
def _prevent_commit(cr):
    """Refuse ``cr.commit()`` while a job's method runs."""

    def forbidden_commit(*args, **kwargs):
        raise RuntimeError(
            "Commit is forbidden in this job: its work and its state 'done' are one "
            "transaction, so that its work is done exactly once or not at all. If the "
            'job must commit, enable "Allow Commit" on its job function; it may then '
            "be interrupted between two commits, and must be idempotent. A separate "
            "cursor (env.registry.cursor()) may always be committed."
        )

    own = vars(cr).get("commit")
    cr.commit = forbidden_commit
    try:
        yield
    finally:
        if own is None:
            del cr.commit
        else:
            cr.commit = own


def _is_collision(error: Exception) -> bool:
    return isinstance(error, _COLLISIONS) or (
        isinstance(error, OperationalError) and error.pgcode == _LOCK_NOT_AVAILABLE
    )


class RunJobController(RunJob, TestJobs, http.Controller):
    """Runs one job, whatever requested it."""

    @classmethod
    def _acquire_job(cls, env, job_uuid: str) -> Job | None:
        """Return the job, started and committed, or None if it must not run.

        The worker's own lease decides; without one, the job must be ``enqueued`` and
        not leased.
        """
        hand = Hand.of_this_thread()
        leased = hand and hand.find(job_uuid)
        if leased:
            return acquire_leased(env, hand, leased)
        env.flush_all()
        env.cr.execute(
            "SELECT uuid FROM queue_job "
            "WHERE uuid = %s AND state = %s AND lease_id IS NULL "
            "FOR NO KEY UPDATE SKIP LOCKED",
            (job_uuid, ENQUEUED),
        )
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
            _logger.warning("Job taken over before its start: job=%s", job_uuid)
            return None
        return job

    @classmethod
    def _try_perform_job(cls, env, job: Job) -> None:
        """Run the method and commit its work and ``done`` together.

        :raises LeaseLost: if the job lost its lease in the meantime
        """
        _logger.debug("%s started", job)
        hand, leased = outcome.lease_of(job)
        # without lease the cursor may be a test's: roll back to here, not to its start
        with outcome.interruptible(env, leased) if leased else env.cr.savepoint():
            with _prevent_commit(env.cr):
                job.perform()
                # stored computed fields are part of the job's work and time
                env.flush_all()
        job.set_done()
        if leased:
            hand.finish(env, job, leased)
            env.flush_all()
            env.cr.commit()
            leased.settled = True
        else:
            job.store()
            env.flush_all()
            if outcome.may_commit():
                env.cr.commit()
        _logger.debug("%s done", job)

    @classmethod
    def _runjob(cls, env, job: Job) -> None:
        """Run an acquired job and store its outcome.

        :raises Exception: the error that made the job fail, after it was stored
        """
        try:
            try:
                with fate.job_code():
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
            outcome.interrupted(env, job)
            return
        except LeaseLost as error:
            if outcome.is_ours(env, job):
                problem = FailedJobError(
                    "The job deleted its own row or changed its own state, which only "
                    "its worker may do. Its work was rolled back"
                )
                problem.__cause__ = error
                cls._fail_job(env, job, problem)
                raise problem from error
            outcome.forget(env, job)
            _logger.warning(
                "Lease lost while the job ran, its work is rolled back: job=%s",
                job,
            )
            return
        except RetryableJobError as error:
            message = text.text_of(error, lang=job.lang)
            _logger.debug("%s postponed: %s", job, message)
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
            with fate.job_code():
                cls._enqueue_dependent_jobs(env, job)
        except Exception as error:
            if not outcome.is_broken(env):
                _logger.error(
                    "Cannot release the dependents: job=%s\n%s",
                    job,
                    text.traceback_text(fate.raised_by(error)),
                )
            raise

    @classmethod
    def _fail_job(cls, env, job: Job, error: Exception) -> None:
        """Store and log that the job failed with ``error``.

        :raises psycopg2.Error: if the database session broke, which is not the job's
            fault
        """
        if outcome.is_broken(env) and not deaths.is_own_fault(env.cr, error):
            raise error
        raised = fate.raised_by(error)
        told = text.traceback_text(raised)
        values = fate.failure_values(raised, told, job.lang)
        _logger.error("%s failed\n%s", job, told)
        try:
            with fate.job_code():
                values = {**values, **cls._get_failure_values(job, told, raised)}
        except Exception as problem:
            own = text.traceback_text(fate.raised_by(problem))
            values["exc_info"] = f"{told}\n\nWhile describing this failure: {own}"
        outcome.fail(env, job, values)

    @classmethod
    def _get_failure_values(
        cls, job: Job, traceback_txt: str, orig_exception: BaseException
    ) -> dict:
        """Return the values to store for an error: ``exc_info``, ``exc_name`` and
        ``exc_message``."""
        return fate.failure_values(orig_exception, traceback_txt, job.lang)

    @classmethod
    def _enqueue_dependent_jobs(cls, env, job: Job) -> None:
        """Release the dependents that waited only for this job.

        The job is done and committed, and its row is flagged until the release is
        committed too: if this process cannot do it, another one will.
        """
        if not job.should_check_dependents():
            return
        children.release(env, job, DEPENDS_MAX_TRIES_ON_CONCURRENCY_FAILURE)
        _logger.debug("Dependents released: job=%s", job)
