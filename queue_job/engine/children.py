"""Releases the dependents of a done job."""

import json
import logging
import random
import time
from contextlib import contextmanager

from psycopg2 import InterfaceError, OperationalError
from psycopg2.errors import LockNotAvailable
from psycopg2.extensions import TransactionRollbackError

from odoo.exceptions import ConcurrencyError

from ..jobs.text import traceback_text
from . import fate, outcome
from .sql import lease as sql

_logger = logging.getLogger(__name__)


def release(env, job, tries: int) -> None:
    """Set the dependents of a done job that wait for nothing else to pending.

    In a separate transaction, which begins after the job's was committed: of two
    parents that finish together, the later one sees both done. The same transaction
    clears the flag on the parent's row; as long as it is set, any worker retries this.
    """
    hand, _leased = outcome.lease_of(job)
    owed = [job.uuid, *(hand.owed if hand else ())]
    if hand and hand.next_looks_too(job):
        hand.owed = owed
        return
    for left in reversed(range(tries)):
        try:
            with fate.job_code(), _after(env, job) as own_env:
                if not _sibling_will_look(own_env, job):
                    job.enqueue_waiting()
                    own_env.flush_all()
                own_env.cr.execute(sql.RELEASED, {"uuids": owed})
            if hand:
                hand.owed = []
            return
        except LockNotAvailable:
            # the flag stays set; the release is retried after the lock on the child
            return
        except (TransactionRollbackError, ConcurrencyError):
            if not left:
                # the flag stays set
                _logger.warning("Release of dependents deferred: job=%s", job)
            time.sleep(random.uniform(0, 0.05 * (tries - left)))
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            _logger.error(
                "Cannot release the dependents: job=%s\n%s",
                job,
                traceback_text(fate.raised_by(error)),
            )
            return


def _sibling_will_look(env, job) -> bool:
    """Tell whether another parent of all these children will finish later."""
    children = job._reverse_depends_on_uuids
    if not children or not job.graph_uuid:
        return False
    env.cr.execute(
        sql.SIBLING_WILL_LOOK,
        {"graph": job.graph_uuid, "uuid": job.uuid, "children": json.dumps(children)},
    )
    return bool(env.cr.rowcount)


@contextmanager
def _after(env, job):
    """Yield the environment of the transaction that follows the job's commit."""
    _hand, leased = outcome.lease_of(job)
    if not leased:
        with env.cr.savepoint():
            yield env
        return
    try:
        # the flag stays set if this is lost
        env.cr.execute(sql.RELEASE_SETTINGS)
        yield env
        env.cr.commit()
    except BaseException:
        if not outcome.is_broken(env):
            env.cr.rollback()
        raise
