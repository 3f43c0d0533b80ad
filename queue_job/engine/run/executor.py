"""The path of a job: acquired, performed, and its outcome stored.

Each step is a class method: an addon that derives from the class, or patches one of its
methods, wraps every job of every worker; see :mod:`.executor_class`.
"""

import logging
from contextlib import contextmanager

from psycopg2 import OperationalError
from psycopg2.extensions import TransactionRollbackError

from odoo.exceptions import ConcurrencyError, LockError

from ...exception import FailedJobError, RetryableJobError
from ...job import ENQUEUED, Job
from ...job import text
from . import dependents as children
from . import job_code as fate
from . import lost_session, outcome, sql
from .acquire import acquire_leased
from .errors import LeaseLost
from .interrupt import JobInterrupted
from .lease import Hand

# the logger that other addons mute and read
_logger = logging.getLogger("odoo.addons.queue_job.controllers.main")

#: Seconds before a job is tried again that collided with another transaction.
PG_RETRY = 5

#: How often the release of dependents is tried when it collides.
DEPENDS_MAX_TRIES_ON_CONCURRENCY_FAILURE = 5

#: Collisions: nothing is wrong with the job, it was only unlucky.
_COLLISIONS = (TransactionRollbackError, ConcurrencyError, LockError)
_LOCK_NOT_AVAILABLE = "55P03"


@contextmanager
def _prevent_commit(cr):
    """Refuse ``cr.commit()`` while a job's method runs."""

    def forbidden_commit(*args, **kwargs):
        raise RuntimeError(
            "Commit is forbidden in this job: what it writes and its state 'done' are "
            "one transaction, so that its work is done once or not at all. If the job "
            'must commit on its way, tick "Allow Commit" on its job function; it may '
            "then be interrupted between two commits, and must be able to start over. "
            "A cursor of its own (env.registry.cursor()) may always be committed."
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


class JobExecutor:
    """How one job is run, whoever asks for it."""

    @classmethod
    def _acquire_job(cls, env, job_uuid: str) -> Job | None:
        """Return the job, started and committed, or None when it is not to be run.

        A worker's own lease decides; without one, the job must be ``enqueued`` and
        in nobody's hands.
        """
        hand = Hand.of_this_thread()
        leased = hand and hand.find(job_uuid)
        if leased:
            return acquire_leased(env, hand, leased)
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
            _logger.warning("Job %s was taken away before it could start", job_uuid)
            return None
        return job

    @classmethod
    def _try_perform_job(cls, env, job: Job) -> None:
        """Run the method and commit its work and ``done`` together.

        :raises LeaseLost: when the job was taken away meanwhile
        """
        _logger.debug("%s started", job)
        hand, leased = outcome.lease_of(job)
        # without lease the cursor may be a test's: go back to here, not to its start
        with outcome.interruptible(env, leased) if leased else env.cr.savepoint():
            with _prevent_commit(env.cr):
                job.perform()
                # stored computed fields are part of the work and of its time
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
        """Run an acquired job and store what became of it.

        :raises Exception: what made the job fail, when that is stored
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
                    "The job deleted its own row, or changed its state: that is for "
                    "its worker to do. Its work is rolled back"
                )
                problem.__cause__ = error
                cls._fail_job(env, job, problem)
                raise problem from error
            outcome.forget(env, job)
            _logger.warning(
                "%s was taken away from this worker while it ran; its work here is "
                "rolled back",
                job,
            )
            return
        except RetryableJobError as error:
            message = text.text_of(error, lang=job.lang)
            _logger.debug("%s postponed: %s", job, message)
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
            with fate.job_code():
                cls._enqueue_dependent_jobs(env, job)
        except Exception as error:
            if not outcome.is_broken(env):
                _logger.error(
                    "%s is done; its dependents could not be released\n%s",
                    job,
                    text.traceback_text(fate.raised_by(error)),
                )
            raise

    @classmethod
    def _fail_job(cls, env, job: Job, error: Exception) -> None:
        """Store and log that the job failed with ``error``.

        :raises psycopg2.Error: when the database session broke, which is no fault of
            the job
        """
        if outcome.is_broken(env) and not lost_session.is_own_fault(env.cr, error):
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
            values["exc_info"] = f"{told}\n\nWhile this failure was described: {own}"
        outcome.fail(env, job, values)

    @classmethod
    def _get_failure_values(
        cls, job: Job, traceback_txt: str, orig_exception: BaseException
    ) -> dict:
        """Return what is stored about an error: ``exc_info``, ``exc_name`` and
        ``exc_message``."""
        return fate.failure_values(orig_exception, traceback_txt, job.lang)

    @classmethod
    def _enqueue_dependent_jobs(cls, env, job: Job) -> None:
        """Let the jobs start that waited for this one only.

        The job is done and committed, and its row says that its children are to be
        looked at until that is committed too: whoever comes next does it if this
        process cannot.
        """
        if not job.should_check_dependents():
            return
        children.release(env, job, DEPENDS_MAX_TRIES_ON_CONCURRENCY_FAILURE)
        _logger.debug("%s enqueued the jobs which waited for it", job)
