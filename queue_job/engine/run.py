"""Running the jobs in one hand, on one cursor, each in a transaction of its own."""

import logging

import psycopg2

from odoo import SUPERUSER_ID, api

from .. import controllers
from ..job import Job
from .hand import Hand
from .sql import lease as sql
from .unreadable import cannot_load

_logger = logging.getLogger(__name__)


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


def _run_job(cr, registry, hand: Hand, leased) -> None:
    """Run one job from its row to its fate; its errors end here."""
    # a transaction of its own, with caches of its own
    cr.transaction = None
    cr.cache.clear()
    env = api.Environment(cr, SUPERUSER_ID, {})
    controller = controllers.main.RunJobController
    try:
        job = controller._acquire_job(env, leased.uuid)
        if job is not None:
            controller._runjob(env, job)
    except Exception as error:
        if leased.settled:
            # stored and logged where it happened
            return
        if cr.closed:
            raise
        _logger.exception("Job %s could not be run", leased.uuid)
        cannot_load(env, hand, leased, error)
    finally:
        if not cr.closed:
            registry.signal_changes()


def release_due(cr) -> None:
    """Finish what others did not come to: look at the children of done jobs."""
    cr.execute(sql.RELEASE_DUE)
    uuids = [row[0] for row in cr.fetchall()]
    cr.rollback()
    for uuid in uuids:
        cr.transaction = None
        env = api.Environment(cr, SUPERUSER_ID, {})
        try:
            job = Job.load(env, uuid)
        except Exception:
            _logger.exception("Job %s cannot release the jobs that wait for it", uuid)
            cr.rollback()
            continue
        controllers.main.RunJobController._enqueue_dependent_jobs(env, job)
        cr.execute(sql.RELEASED, {"uuids": [uuid]})
        cr.commit()  # pylint: disable=invalid-commit
