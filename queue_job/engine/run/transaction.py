"""The transaction in which the outcome of a job is stored.

Each outcome has a separate one, after the job's work was rolled back, and begins by
checking the lease. A job that is run without one (manually, in a test) is stored on
another cursor, as the transaction belongs to the caller.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from psycopg2.extensions import TransactionRollbackError

from odoo.tools import config

from .environment import bound_to
from .errors import LeaseLost

if TYPE_CHECKING:
    from odoo.api import Environment

    from ...job import Job
    from .lease import LeasedBatch
    from .leased_job import LeasedJob


def lease_of(job: Job) -> tuple:
    """Return the batch and the leased job behind ``job``, or two None."""
    return getattr(job, "lease", None) or (None, None)


def may_commit() -> bool:
    """Tell whether a job without lease is committed: not during tests."""
    return not config["test_enable"]


def is_broken(env: Environment) -> bool:
    """Tell whether the connection is lost, so that nothing can be stored on it."""
    return bool(env.cr.closed)


def discard_work(env: Environment, job: Job) -> None:
    """Roll back the work of a job whose lease is lost."""
    batch, leased = lease_of(job)
    if not is_broken(env):
        batch.roll_back(env.cr) if leased else env.cr.rollback()
    if leased:
        leased.settled = True
    env.registry.reset_changes()


def holds_lease(env: Environment, job: Job) -> bool:
    """Roll back the work of a job that seems to have lost its lease; tell whether this
    worker still holds it: then the job itself changed or deleted its row."""
    batch, leased = lease_of(job)
    if not leased or is_broken(env):
        return False
    batch.roll_back(env.cr)
    try:
        batch.check(env.cr, leased)
    except (LeaseLost, TransactionRollbackError):
        return False
    return True


@contextmanager
def outcome_transaction(env: Environment, job: Any) -> Iterator:
    """Yield the environment in which to store the outcome of ``job``, then commit it.

    :raises LeaseLost: if this worker no longer holds the lease
    """
    batch, leased = lease_of(job)
    env.registry.reset_changes()
    known = vars(job).get("_stored_values")
    try:
        if leased and not is_broken(env):
            batch.roll_back(env.cr)
            batch.release_lease(env.cr, leased)
            yield env
            env.flush_all()
            env.cr.commit()
        else:
            # its session belongs to the caller, or is lost
            with _own_cursor(env, job) as own_env:
                if leased:
                    batch.release_lease(own_env.cr, leased)
                yield own_env
        if leased:
            leased.settled = True
    except BaseException:
        # what was stored is rolled back: the next attempt must store it again
        job._stored_values = known
        raise


@contextmanager
def _own_cursor(env: Environment, job: Job) -> Iterator:
    """Bind a job to a separate cursor, which is committed on success."""
    with env.registry.cursor() as cr, bound_to(job, job.env(cr=cr)):
        yield env(cr=cr)


def start_for_outcome(env: Environment, batch: LeasedBatch, leased: LeasedJob) -> None:
    """Mark a job as started, as storing its outcome requires that.

    Its start may have been rolled back; no effect if it was not.
    """
    batch.start(env.cr, leased)
    env.cr.commit()
