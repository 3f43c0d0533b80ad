"""Letting the jobs start that waited for one that is done."""

import json
import logging
import random
import time
from contextlib import contextmanager

from psycopg2 import InterfaceError, OperationalError
from psycopg2.errors import LockNotAvailable
from psycopg2.extensions import TransactionRollbackError

from odoo.exceptions import ConcurrencyError

from ...job.text import traceback_text
from . import job_code as fate
from . import outcome, sql

_logger = logging.getLogger(__name__)


def release(env, job, tries: int) -> None:
    """Make the children of a done job pending that wait for nothing else.

    In a transaction of its own, which begins after the job's was committed: of two
    parents that finish together, the later one sees both done. The flag on the
    parent's row falls with it; as long as it stands, any worker takes this up.
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
            # the flag stands; others wait for the one that holds the child
            return
        except (TransactionRollbackError, ConcurrencyError):
            if not left:
                # the flag stands
                _logger.warning("%s: its children are released a little later", job)
            time.sleep(random.uniform(0, 0.05 * (tries - left)))
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            _logger.error(
                "%s: its children could not be released\n%s",
                job,
                traceback_text(fate.raised_by(error)),
            )
            return


def _sibling_will_look(env, job) -> bool:
    """Tell whether another parent of all children is sure to be done later."""
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
    """Yield an environment for what follows the job's commit."""
    _hand, leased = outcome.lease_of(job)
    if not leased:
        with env.cr.savepoint():
            yield env
        return
    try:
        # the flag stands when this is lost
        env.cr.execute(sql.RELEASE_SETTINGS)
        yield env
        env.cr.commit()
    except BaseException:
        if not outcome.is_broken(env):
            env.cr.rollback()
        raise
