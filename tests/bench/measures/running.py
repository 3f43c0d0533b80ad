"""How fast jobs are run: by 1, 2, 4 and 8 workers, from a queue that is full of others
which wait for their time or for their concurrency key, from an idle one, and after a
worker was killed. What an idle server costs.

RAW is measured again next to each figure: other load of the machine affects both.
"""

from __future__ import annotations

import operator
import os
import signal
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import psutil
import psycopg2

from setup import processes

from ..figure import Figure
from ..lab import Lab
from ..raw import raw

_JOBS = """
INSERT INTO queue_job (
    uuid, name, model_name, method_name, func_string, channel_method_name, channel,
    job_function_id, state, priority, retry, max_retries, date_created, user_id,
    records, args, kwargs, eta, concurrency_key, concurrency_limit)
SELECT gen_random_uuid(), 'no-op', 'queue.job', '_test_job', 'queue.job()._test_job()',
       '<queue.job>._test_job', 'root', function.id, 'pending', 10, 0, 5,
       clock_timestamp() AT TIME ZONE 'UTC', 1,
       '{"_type": "odoo_recordset", "model": "queue.job", "ids": [], "uid": 1,
         "su": true, "context": {}}', %(args)s, '{}',
       CASE WHEN %(later)s THEN now() AT TIME ZONE 'UTC' + interval '7 days' END,
       %(key)s, 1
  FROM generate_series(1, %(count)s), queue_job_function function
 WHERE function.name = '<queue.job>._test_job'
"""
_RATE = """
SELECT count(*) / extract(epoch FROM max(date_done) - min(date_started))
  FROM queue_job WHERE state = 'done'
"""
_IDLE = "SELECT count(*) FROM queue_job_worker WHERE idle"
_DONE = "SELECT count(*) FROM queue_job WHERE state = 'done'"
_STARTED = "SELECT count(*) FROM queue_job WHERE state = 'started'"
_TRANSACTIONS = """
SELECT xact_commit + xact_rollback FROM pg_stat_database
 WHERE datname = current_database()
"""
#: Jobs each of four workers runs until most pages of the indexes of a million jobs were
#: written since the last checkpoint: it is the first change of a page that costs.
_WRITTEN = 3000
#: Seconds after which a server without jobs is idle.
_SETTLED = 15


class Queue:
    """The jobs of one database, seen from outside."""

    def __init__(self, database: str):
        self._connection = psycopg2.connect(dbname=database)
        self._connection.autocommit = True

    def query(self, statement: str, **params) -> list[tuple]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, params)
            return cursor.fetchall() if cursor.description else []

    def value(self, statement: str, **params):
        return self.query(statement, **params)[0][0]

    def add(
        self, count: int, later: bool = False, args: str = "[]", key: str | None = None
    ) -> None:
        self.query(_JOBS, count=count, later=later, args=args, key=key)

    def clear(self) -> None:
        self.query("TRUNCATE queue_job CASCADE")
        self.settle()

    def settle(self) -> None:
        """Do now what PostgreSQL would do about new rows while jobs are timed."""
        self.query("VACUUM ANALYZE queue_job")
        self.query("CHECKPOINT")

    def wait(self, is_over: Callable[[], bool], seconds: float = 600) -> None:
        deadline = time.monotonic() + seconds
        while not is_over():
            if time.monotonic() > deadline:
                raise TimeoutError("the workers did not come to an end")
            time.sleep(0.02)

    def close(self) -> None:
        self._connection.close()


def measure(lab: Lab) -> Iterator[Figure]:
    """Yield the rates, the latency of an idle queue, the rescue, the idle cost."""
    database = lab.database(["queue_job"])
    with closing(Queue(database)) as queue:
        yield from _rates(lab, database, queue)
        yield from _full(lab, database, queue)
        yield from _keyed(lab, database, queue)
        yield from _latency(lab, database, queue)
        yield from _rescue(lab, database, queue)
        yield from _idle(lab, database, queue)


def _rates(lab, database, queue) -> Iterator[Figure]:
    for workers in (1, 2, 4, 8):
        rate, reference = _run(lab, database, queue, workers)
        yield Figure(
            f"no-op jobs, {workers} workers, channel root:{workers}",
            rate,
            "jobs/s",
            rate / reference,
            hold=0.35 if workers == 4 else None,
        )


def _full(lab, database, queue) -> Iterator[Figure]:
    before = operator.truediv(*_run(lab, database, queue, 4, warm_up=_WRITTEN))
    queue.clear()
    queue.add(1_000_000, later=True)
    queue.settle()
    rate, reference = _run(lab, database, queue, 4, warm_up=_WRITTEN, keep=True)
    yield Figure(
        "no-op jobs, 4 workers, 1,000,000 jobs wait",
        rate,
        "jobs/s",
        rate / reference / before,
        against="without",
        hold=0.8,
    )
    queue.clear()


def _keyed(lab, database, queue) -> Iterator[Figure]:
    queue.clear()
    with job_server(lab, database, 5):
        # one worker is busy with the job that the others of its key wait for
        queue.add(1, args="[0, 300]", key="full")
        queue.wait(lambda: queue.value(_STARTED) == 1)
        count = int(4000 * lab.seconds)
        _rate(queue, count)  # the workers load and warm up
        before = _rate(queue, count)
        queue.add(100_000, key="full")
        queue.settle()
        rate = _rate(queue, count)
    yield Figure(
        "no-op jobs, 4 workers, 100,000 wait for a key",
        rate,
        "jobs/s",
        rate / before,
        against="without",
        hold=0.8,
    )
    queue.clear()


def _rate(queue, count: int) -> float:
    """Return how many jobs a second of so many are run."""
    queue.query("DELETE FROM queue_job WHERE state = 'done'")
    queue.add(count)
    queue.wait(lambda: queue.value(_DONE) == count)
    return float(queue.value(_RATE))


def _run(lab, database, queue, workers, warm_up=200, keep=False) -> tuple[float, float]:
    """Return jobs per second of ``workers``, and RAW around that.

    ``warm_up``: how many jobs each of them runs before.
    """
    if not keep:
        queue.clear()
    with job_server(lab, database, workers):
        # the first jobs load and warm up the workers
        queue.add(workers * warm_up)
        queue.wait(lambda: queue.value(_DONE) == workers * warm_up)
        queue.query("DELETE FROM queue_job WHERE state = 'done'")
        queue.wait(lambda: queue.value(_IDLE) == workers)
        before = raw("postgres", lab.seconds / 2)
        count = int(max(500, min(before, 2000) * lab.seconds * 2))
        queue.add(count)
        queue.wait(lambda: queue.value(_DONE) == count)
        after = raw("postgres", lab.seconds / 2)
    return float(queue.value(_RATE)), statistics.mean((before, after))


def _latency(lab, database, queue) -> Iterator[Figure]:
    queue.clear()
    seconds = []
    with job_server(lab, database, 4):
        for number in range(max(30, int(30 * lab.seconds))):
            queue.wait(lambda: queue.value(_IDLE) == 4)
            queue.add(1)
            begun = time.perf_counter()
            while queue.value(_DONE) == number:
                time.sleep(0.0002)
            seconds.append(time.perf_counter() - begun)
    median = statistics.median(seconds) * 1000
    yield Figure(
        "idle queue: enqueue committed to done, median",
        median,
        "ms",
        median / 8,
        against="8 ms",
        hold=1.0,
        at_most=True,
    )


def _rescue(lab, database, queue) -> Iterator[Figure]:
    queue.clear()
    with job_server(lab, database, 2):
        queue.wait(lambda: queue.value(_IDLE) == 2)
        queue.add(1, args="[0, 20]")
        pid_of = "SELECT max(worker_pid) FROM queue_job WHERE state = 'started'"
        queue.wait(lambda: queue.value(pid_of))
        pid = queue.value(pid_of)
        os.kill(pid, signal.SIGKILL)
        begun = time.perf_counter()
        queue.wait(lambda: queue.value(pid_of) not in (None, pid))
        seconds = time.perf_counter() - begun
    yield Figure(
        "worker killed: its job runs again after",
        seconds,
        "s",
        seconds / 2,
        against="2 s",
        hold=1.0,
        at_most=True,
    )


def _idle(lab, database, queue) -> Iterator[Figure]:
    queue.clear()
    workers = 4
    with job_server(lab, database, workers) as running:
        # after a start, workers look around for a while
        time.sleep(_SETTLED)
        before, spent = queue.value(_TRANSACTIONS), _cpu_seconds(running)
        begun = time.perf_counter()
        time.sleep(60 * min(1.0, lab.seconds))
        seconds = time.perf_counter() - begun
        spent = _cpu_seconds(running) - spent
        per_minute = float(queue.value(_TRANSACTIONS) - before) * 60 / seconds
    yield Figure(
        "idle server, 4 workers: share of a core",
        100 * spent / seconds,
        "%",
        100 * spent / seconds,
        against="1 %",
        hold=1.0,
        at_most=True,
    )
    yield Figure(
        "idle server, 4 workers: transactions",
        per_minute,
        "a minute",
        per_minute / workers,
        against="a worker",
        hold=10.0,
        at_most=True,
    )


def _cpu_seconds(server: psutil.Process) -> float:
    times = [
        process.cpu_times() for process in [server, *server.children(recursive=True)]
    ]
    return sum(spent.user + spent.system for spent in times)


@contextmanager
def job_server(lab: Lab, database: str, workers: int) -> Iterator[psutil.Process]:
    """Run a server with so many workers, all of them waiting for jobs."""
    process = subprocess.Popen(
        [
            *lab.runner.program("queue_worker"),
            f"--database={database}",
            f"--job-workers={workers}",
            f"--channels=root:{workers}",
            "--log-level=warn",
        ],
        env={
            **lab.runner.environment(),
            # Odoo looks for the commands of addons before it reads its options
            "ODOO_RC": str(lab.runner.configuration()),
        },
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        with closing(Queue(database)) as queue:
            queue.wait(lambda: queue.value(_IDLE) >= workers, 120)
        yield psutil.Process(process.pid)
    finally:
        children = psutil.Process(process.pid).children(recursive=True)
        processes.stop_group(process)
        psutil.wait_procs(children, 5)
