"""What millions of ended jobs cost: running others beside them, and deleting them.

``BENCH_ENDED`` sets how many ended jobs there are, 1,000,000 otherwise. A tenth of them
is older than the removal interval.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import closing

from ..figure import Figure
from ..lab import Lab
from .running import Queue, job_server

_ENDED = """
INSERT INTO queue_job (
    uuid, name, model_name, method_name, func_string, channel_method_name, channel,
    state, priority, retry, max_retries, date_created, date_started, date_done,
    date_enqueued, user_id, records, args, kwargs)
SELECT gen_random_uuid(), 'no-op', 'queue.job', '_test_job', 'queue.job()._test_job()',
       '<queue.job>._test_job', 'root.' || number %% 10, 'done', 10, 1, 5,
       moment, moment, moment, moment, 1,
       '{"_type": "odoo_recordset", "model": "queue.job", "ids": [], "uid": 1,
         "su": true, "context": {}}', '[]', '{}'
  FROM generate_series(1, %(count)s) AS number,
       LATERAL (SELECT now() AT TIME ZONE 'UTC'
                       - %(days)s * interval '1 day' * number / %(count)s) AS t(moment)
"""
_OLD = """
SELECT count(*) FROM queue_job
 WHERE date_done <= now() AT TIME ZONE 'UTC' - interval '30 days'
"""
_LAST = "SELECT COALESCE(max(id), 0) FROM queue_job"
_OPEN = "SELECT count(*) FROM queue_job WHERE id > %(last)s AND state != 'done'"
_RATE = """
SELECT count(*) / extract(epoch FROM max(date_done) - min(date_started))
  FROM queue_job WHERE id > %(last)s
"""
#: Jobs are kept for 30 days; those of three more are there.
_DAYS = 33.3


def measure(lab: Lab) -> Iterator[Figure]:
    """Yield jobs/s beside ended jobs, and how long deleting old ones takes."""
    ended = int(os.environ.get("BENCH_ENDED") or 1_000_000)
    database = lab.database(["queue_job"])
    with closing(Queue(database)) as queue:
        queue.clear()
        yield _beside(lab, database, queue, ended)
        yield from _delete(lab, database, queue)
        queue.clear()


def _beside(lab: Lab, database: str, queue: Queue, ended: int) -> Figure:
    count = int(4000 * lab.seconds)
    with job_server(lab, database, 4):
        _rate(queue, count)  # the workers load and warm up
        before = _rate(queue, count)
        queue.query("TRUNCATE queue_job CASCADE")
        queue.query(_ENDED, count=ended, days=_DAYS)
        queue.settle()
        rate = _rate(queue, count)
    return Figure(
        f"no-op jobs, 4 workers, {ended:,} ended",
        rate,
        "jobs/s",
        rate / before,
        against="without",
        hold=0.95,
    )


def _rate(queue: Queue, count: int) -> float:
    last = queue.value(_LAST)
    queue.add(count)
    queue.wait(lambda: not queue.value(_OPEN, last=last))
    return float(queue.value(_RATE, last=last))


def _delete(lab: Lab, database: str, queue: Queue) -> Iterator[Figure]:
    old = queue.value(_OLD)
    seconds = []
    with lab.environment(database) as env:
        more = True
        while more:
            begun = time.perf_counter()
            _deleted, more = env["queue.job"]._gc_old_jobs()
            env.cr.commit()
            seconds.append(time.perf_counter() - begun)
    if queue.value(_OLD):
        raise RuntimeError("old jobs are left")
    yield Figure(
        f"delete {old:,} old jobs: seconds for a million",
        sum(seconds) / old * 1_000_000,
        "s",
        sum(seconds) / old * 1_000_000 / 60,
        against="60 s",
        hold=1.0,
        at_most=True,
    )
    median = statistics.median(seconds) * 1000
    yield Figure(
        "delete old jobs: one transaction, median",
        median,
        "ms",
        median / 100,
        against="100 ms",
        hold=1.0,
        at_most=True,
    )
