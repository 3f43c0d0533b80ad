"""Running the jobs in one hand, on one cursor, each in a transaction of its own."""

import json
import logging

import psycopg2
from psycopg2 import OperationalError
from psycopg2.errors import LockNotAvailable
from psycopg2.extensions import TransactionRollbackError

from odoo import SUPERUSER_ID, api

from ...job import text
from ...job.dependencies import release_dependents
from ..connection.session import restore
from . import sql
from .executor_class import job_executor_class
from .interrupt import JobInterrupted
from .job_code import job_code, raised_by
from .lease import Hand
from .lost_session import note_lost_session
from .undecodable import cannot_load

_logger = logging.getLogger(__name__)

#: Done jobs whose children one worker looks at between two claims.
_MOST_RELEASES = 100
#: Those of which this process has said that it could not.
_complained: set[str] = set()


def run_hand(cr, registry, hand: Hand, stopping=lambda: False) -> None:
    """Run the jobs of a lease, until it is over or ``stopping()``.

    :raises psycopg2.Error: when the connection broke; the lease is to be settled then
    """
    with hand:
        while not stopping() and (leased := hand.take()):
            _run_job(cr, registry, hand, leased)
            hand.note(leased)
            if not leased.settled:
                raise psycopg2.InterfaceError("a job was left without a fate")
            if cr.closed:
                raise psycopg2.InterfaceError("a job lost the database session")
            restore(cr)


def _run_job(cr, registry, hand: Hand, leased) -> None:
    """Run one job from its row to its fate; its errors end here."""
    # a transaction of its own, with caches of its own
    cr.transaction = None
    cr.cache.clear()
    env = api.Environment(cr, SUPERUSER_ID, {})
    executor = job_executor_class(registry)
    try:
        with job_code():
            job = executor._acquire_job(env, leased.uuid)
            if job is not None:
                executor._runjob(env, job)
    except JobInterrupted as error:
        # on its way out of the job's own code, where nothing is left to interrupt
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
            "Job %s could not be run\n%s",
            leased.uuid,
            text.traceback_text(raised_by(error)),
        )
        with job_code():
            cannot_load(env, hand, leased, error)
    finally:
        if not cr.closed:
            registry.signal_changes()


def release_due(cr) -> None:
    """Finish what others did not come to: look at the children of done jobs.

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
            # somebody edits a child; the next one may well be a child of the same
            _logger.debug("Children are released a little later: %s", error)
            is_more = False
        except OperationalError:
            raise
        except Exception as error:
            # once for each process, as it stays due
            if seen[-1] not in _complained:
                _complained.add(seen[-1])
                _logger.error(
                    "The children of %s cannot be released\n%s",
                    seen[-1],
                    text.traceback_text(raised_by(error)),
                )
        cr.rollback()


def _release_next(cr, seen: list[str]) -> bool:
    """Release the children of one done job that was not seen; False without any."""
    cr.execute(sql.RELEASE_SETTINGS)
    cr.execute(sql.NEXT_TO_RELEASE, {"seen": seen})
    row = cr.fetchone()
    if row is None:
        return False
    uuid, graph_uuid, dependencies = row
    seen.append(uuid)
    children = json.loads(dependencies or "{}").get("reverse_depends_on") or []
    env = api.Environment(cr, SUPERUSER_ID, {})
    release_dependents(env, uuid, graph_uuid, children)
    env.flush_all()
    cr.execute(sql.RELEASED, {"uuids": [uuid]})
    cr.commit()  # pylint: disable=invalid-commit
    return True
