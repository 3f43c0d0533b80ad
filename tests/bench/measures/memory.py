"""How much memory an import of 200,000 records by pages takes: no more than of 20,000.

A real server with one worker, jobs, and HTTP. The worker's resident memory is measured
from outside, once the first tenth is imported.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing

import psutil
import psycopg2

from ..figure import Figure
from ..lab import Lab
from ..machine import backend, machine
from .running import job_server

BREWS = 200_000
_SEEN = "SELECT coalesce(sum(seen), 0) FROM connector_sync_counter"
_STATE = "SELECT state FROM connector_sync_run"
_WORKER = "SELECT pid FROM queue_job_worker"


def measure(lab: Lab) -> Iterator[Figure]:
    """Yield the memory of the worker, and how much it grew."""
    database = lab.database(("connector_coffee",), copy=1)
    with machine(recipes=100, badges=100, brews=BREWS) as url:
        with (
            job_server(lab, database, 1),
            closing(psycopg2.connect(dbname=database)) as eye,
        ):
            eye.autocommit = True
            with lab.environment(database) as env:
                backend(env, url)._start_flow("brews")
                env.cr.commit()
            begun = time.perf_counter()
            first, highest = _watch(eye)
            seconds = time.perf_counter() - begun
    yield Figure(f"import of {BREWS:,} by jobs", BREWS / seconds, "records/s")
    yield Figure("memory of the worker after the first tenth", first / 2**20, "MiB")
    yield Figure(
        "memory of the worker, highest after that",
        highest / 2**20,
        "MiB",
        highest / first,
        against="the former",
        hold=1.1,
        at_most=True,
    )


def _watch(eye) -> tuple[int, int]:
    """Return the resident memory after a tenth of the import, and its maximum."""
    first = highest = 0
    while _value(eye, _STATE) in ("pending", "running"):
        time.sleep(0.5)
        used = psutil.Process(_value(eye, _WORKER)).memory_info().rss
        if not first and _value(eye, _SEEN) >= BREWS / 10:
            first = used
        highest = max(highest, used) if first else 0
    if _value(eye, _STATE) != "done" or _value(eye, _SEEN) != BREWS:
        raise RuntimeError("the import did not come to its end")
    return first, highest


def _value(eye, statement: str):
    with eye.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]
