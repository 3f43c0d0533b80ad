"""Runs the jobs of one lease, on one cursor, each in its own transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import psycopg2

from odoo import SUPERUSER_ID, api

from ...job import text
from ..connection.session import restore
from .executor_class import job_executor_class
from .interrupt import JobInterrupted
from .job_code import job_code, raised_by
from .lease import LeasedBatch
from .lost_session import note_lost_session
from .undecodable import store_undecodable

if TYPE_CHECKING:
    from odoo.modules.registry import Registry
    from odoo.sql_db import Cursor

    from .leased_job import LeasedJob

_logger = logging.getLogger(__name__)


def run_batch(
    cr: Cursor,
    registry: Registry,
    batch: LeasedBatch,
    stopping: Callable[[], bool] = lambda: False,
) -> None:
    """Run the jobs of a lease, until its end or ``stopping()``.

    :raises psycopg2.Error: if the connection broke; the lease must be settled then
    """
    with batch:
        while not stopping() and (leased := batch.next_job()):
            _run_job(cr, registry, batch, leased)
            batch.note_duration(leased)
            if not leased.settled:
                raise psycopg2.InterfaceError("a job was left without an outcome")
            if cr.closed:
                raise psycopg2.InterfaceError("a job lost the database session")
            restore(cr)


def _run_job(
    cr: Cursor, registry: Registry, batch: LeasedBatch, leased: LeasedJob
) -> None:
    """Run one job from its row to its outcome; its errors end here."""
    # a separate transaction, with separate caches
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
        # while leaving the job's own code, where nothing is left to interrupt
        if not leased.settled:
            raise psycopg2.InterfaceError("a job was interrupted twice") from error
    except Exception as error:
        if leased.settled:
            # stored and logged where it happened
            return
        if cr.closed:
            note_lost_session(registry, batch.lease, error)
            raise
        _logger.error(
            "Job not run: job=%s\n%s",
            leased.uuid,
            text.traceback_text(raised_by(error)),
        )
        with job_code():
            store_undecodable(env, batch, leased, error)
    finally:
        if not cr.closed:
            registry.signal_changes()
