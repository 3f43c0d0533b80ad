"""Runs the jobs of one lease, on one cursor, each in its own transaction."""

import json
import logging

import psycopg2
from psycopg2 import OperationalError
from psycopg2.errors import LockNotAvailable
from psycopg2.extensions import TransactionRollbackError

from odoo import SUPERUSER_ID, api

from ..jobs import text
from ..jobs.links import release_children
from .deaths import note_lost_session
from .fate import job_code, raised_by
from .hand import Hand
from .interrupt import JobInterrupted
from .runner_class import job_runner_class
from .session import restore
from .sql import lease as sql
from .unreadable import cannot_load

_logger = logging.getLogger(__name__)

#: Maximum number of done jobs whose dependents a worker releases between two claims.
_MOST_RELEASES = 100
#: Jobs for which this process has already logged an error.
_complained: set[str] = set()


def run_hand(cr, registry, hand: Hand, stopping=lambda: False) -> None:
    """Run the jobs of a lease, until its end or ``stopping()``.

    :raises psycopg2.Error: if the connection broke; the lease must be settled then
    """
    with hand:
        while not stopping() and (leased := hand.take()):
            _run_job(cr, registry, hand, leased)
            hand.note(leased)
            if not leased.settled:
                raise psycopg2.InterfaceError("a job ended without a stored outcome")
            if cr.closed:
                raise psycopg2.InterfaceError("a job lost the database session")
            restore(cr)


def _run_job(cr, registry, hand: Hand, leased) -> None:
    """Run one job from its row to its outcome; its errors end here."""
    # a separate transaction, with separate caches
    cr.transaction = None
    cr.cache.clear()
    env = api.Environment(cr, SUPERUSER_ID, {})
    controller = job_runner_class(registry)
    try:
        with job_code():
            job = controller._acquire_job(env, leased.uuid)
            if job is not None:
                controller._runjob(env, job)
    except JobInterrupted as error:
        # while leaving the job's own code, where nothing is left to interrupt
        if not leased.settled:
            raise psycopg2.InterfaceError("a job was interrupted twice") from error
    except Exception as error:
        if leased.settled:
            # stored and logged where it happened
            return
        if cr.closed:
            note_lost_session(registry, hand.lease, error)
            raise
        _logger.error(
            "Cannot run job: job=%s\n%s",
            leased.uuid,
            text.traceback_text(raised_by(error)),
        )
        with job_code():
            cannot_load(env, hand, leased, error)
    finally:
        if not cr.closed:
            registry.signal_changes()


def release_due(cr) -> None:
    """Release the dependents of done jobs that other processes left.

    What cannot be done now stays due. No transaction is left open.
    """
    seen: list[str] = []
    is_more = True
    while is_more and len(seen) < _MOST_RELEASES:
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
            if seen[-1] not in _complained:
                _complained.add(seen[-1])
                _logger.error(
                    "Cannot release the dependents: job=%s\n%s",
                    seen[-1],
                    text.traceback_text(raised_by(error)),
                )
        cr.rollback()


def _release_next(cr, seen: list[str]) -> bool:
    """Release the dependents of one done job not in ``seen``; False without one."""
    cr.execute(sql.RELEASE_SETTINGS)
    cr.execute(sql.NEXT_TO_RELEASE, {"seen": seen})
    row = cr.fetchone()
    if row is None:
        return False
    uuid, graph_uuid, dependencies = row
    seen.append(uuid)
    children = json.loads(dependencies or "{}").get("reverse_depends_on") or []
    env = api.Environment(cr, SUPERUSER_ID, {})
    release_children(env, uuid, graph_uuid, children)
    env.flush_all()
    cr.execute(sql.RELEASED, {"uuids": [uuid]})
    cr.commit()  # pylint: disable=invalid-commit
    return True
