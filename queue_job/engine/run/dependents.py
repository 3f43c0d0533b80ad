"""Releases the dependents of a done job."""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from psycopg2 import InterfaceError, OperationalError
from psycopg2.errors import LockNotAvailable
from psycopg2.extensions import TransactionRollbackError

from odoo import SUPERUSER_ID, api
from odoo.exceptions import ConcurrencyError

from ...job import dependencies as job_dependencies
from ...job.text import traceback_text
from . import sql
from .job_code import job_code, raised_by
from .transaction import is_broken, lease_of

if TYPE_CHECKING:
    from odoo.api import Environment
    from odoo.sql_db import Cursor

    from ...job import Job

_logger = logging.getLogger(__name__)

#: Maximum number of done jobs whose dependents a worker releases between two claims.
_MAX_RELEASES = 100
#: Jobs for which this process has already logged an error.
_logged: set[str] = set()


def release_after_commit(env: Environment, job: Job, tries: int) -> None:
    """Set the dependents of a done job that wait for nothing else to pending.

    In a separate transaction, which begins after the job's was committed: of two jobs
    that finish together, the later one sees both done. The same transaction clears the
    flag ``release_due`` on the job's row; while it is set, any worker retries this.

    :param tries: attempts despite conflicts with other transactions
    """
    batch, _leased = lease_of(job)
    due = [job.uuid, *(batch.deferred_releases if batch else ())]
    if batch and batch.can_defer_release(job):
        batch.deferred_releases = due
        return
    for left in reversed(range(tries)):
        try:
            with job_code(), _after_commit(env, job) as own_env:
                if not _sibling_will_release(own_env, job):
                    job.enqueue_waiting()
                    own_env.flush_all()
                own_env.cr.execute(sql.RELEASED, {"uuids": due})
            if batch:
                batch.deferred_releases = []
            return
        except LockNotAvailable:
            # the flag stays set; the release is retried after the lock on the dependent
            return
        except (TransactionRollbackError, ConcurrencyError):
            if not left:
                # the flag stays set
                _logger.warning("Release of dependents deferred: job=%s", job.uuid)
            time.sleep(random.uniform(0, 0.05 * (tries - left)))
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            _log_error(job.uuid, error)
            return


def _log_error(uuid: str, error: Exception) -> None:
    _logger.error(
        "Dependents not released: job=%s\n%s", uuid, traceback_text(raised_by(error))
    )


def _sibling_will_release(env: Environment, job: Job) -> bool:
    """Tell whether another job that all these dependents wait for will end later."""
    dependents = job._reverse_depends_on_uuids
    if not dependents or not job.graph_uuid:
        return False
    env.cr.execute(
        sql.SIBLING_WILL_RELEASE,
        {
            "graph": job.graph_uuid,
            "uuid": job.uuid,
            "dependents": json.dumps(dependents),
        },
    )
    return bool(env.cr.rowcount)


@contextmanager
def _after_commit(env: Environment, job: Job) -> Iterator:
    """Yield the environment of the transaction that follows the job's commit."""
    _batch, leased = lease_of(job)
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
        if not is_broken(env):
            env.cr.rollback()
        raise


def release_overdue(cr: Cursor) -> None:
    """Release the dependents of done jobs that other processes left.

    What cannot be released now stays due. No transaction is left open.
    """
    seen: list[str] = []
    is_more = True
    while is_more and len(seen) < _MAX_RELEASES:
        cr.transaction = None
        try:
            with job_code():
                is_more = _release_next(cr, seen)
        except (TransactionRollbackError, LockNotAvailable) as error:
            # a dependent is being edited; the next job may have the same one
            _logger.debug("Release of dependents deferred: error=%s", error)
            is_more = False
        except OperationalError:
            raise
        except Exception as error:
            # once per process, as it stays due
            if seen[-1] not in _logged:
                _logged.add(seen[-1])
                _log_error(seen[-1], error)
        cr.rollback()


def _release_next(cr: Cursor, seen: list[str]) -> bool:
    """Release the dependents of one done job not in ``seen``; False without one."""
    cr.execute(sql.RELEASE_SETTINGS)
    cr.execute(sql.NEXT_TO_RELEASE, {"seen": seen})
    row = cr.fetchone()
    if row is None:
        return False
    uuid, graph_uuid, dependencies = row
    seen.append(uuid)
    dependents = json.loads(dependencies or "{}").get("reverse_depends_on") or []
    env = api.Environment(cr, SUPERUSER_ID, {})
    job_dependencies.release_dependents(env, uuid, graph_uuid, dependents)
    env.flush_all()
    cr.execute(sql.RELEASED, {"uuids": [uuid]})
    cr.commit()  # pylint: disable=invalid-commit
    return True
