"""A device between a server and PostgreSQL silently drops packets.

It acknowledges them, like a proxy that never forwards them, so TCP detects nothing.
"""

from __future__ import annotations

import signal
import time

import pytest

from .cluster import Wire, environment_of
from .job_server import HEARTBEAT_TIMEOUT

#: Seconds to start a process, in addition to those of a loaded machine.
SLACK = 6
GRACE = 3
STOP_LIMIT = GRACE + 5

_SESSIONS = """
SELECT pid, application_name LIKE 'odoo%%' AND query !~ 'queue_job_worker|queue_job;'
  FROM pg_stat_activity
 WHERE datname = current_database() AND pid != pg_backend_pid()
"""
#: The session in which a worker runs its jobs.
_OF_LEASE = "SELECT backend_pid FROM queue_job_lease"
#: The sessions that hold the locks of workers.
_OF_MONITORS = """
SELECT DISTINCT pid FROM pg_locks
 WHERE locktype = 'advisory' AND classid = 3328 AND granted
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_STARTED = "SELECT count(*) FROM queue_job WHERE state = 'started'"
_TRIES = "SELECT retry FROM queue_job WHERE uuid = %s"


@pytest.fixture
def wire(cluster):
    wire = Wire(cluster)
    yield wire
    wire.mend()


@pytest.fixture
def start_behind(start_job_server, wire, work):
    """Start a server behind the wire, and wait until its workers are registered."""

    def start(workers=1, **settings):
        work.query("DELETE FROM queue_job_worker")
        server = start_job_server(workers, wire=wire, grace=GRACE, **settings)
        idle = "SELECT count(*) FROM queue_job_worker WHERE idle"
        work.wait(60, lambda: work.query(idle) == [(workers,)])
        return server

    return start


def _pids(work, statement) -> set[int]:
    return {pid for (pid,) in work.query(statement)}


def _lines(server, text: str) -> int:
    return server.log.read_text().count(text)


def _start_long_job(work, seconds=2, method="insert_in_steps") -> str:
    """Return a running job that queries the database from time to time."""
    uuid = work.add(method, args=(work.count, 4, seconds / 4))
    work.wait(20, lambda: work.query(_STARTED) == [(1,)])
    return uuid


@pytest.mark.parametrize(
    ("requests", "responses"), [(True, True), (True, False), (False, True)]
)
def test_a_worker_whose_session_is_dead_runs_its_job_again(
    work, start_behind, wire, requests, responses
):
    server = start_behind()
    uuid = _start_long_job(work)
    [link] = wire.links_of(_pids(work, _OF_LEASE))
    link.swallow(requests, responses)
    cut = time.monotonic()
    # the rest of the job, and the job again
    work.wait(HEARTBEAT_TIMEOUT + 4 + SLACK)
    print(f"done again after {time.monotonic() - cut:.1f} s")
    work.assert_each_row_once()
    assert work.query(_TRIES, [uuid]) == [(2,)]
    assert _lines(server, "Dead connection closed") == 1
    assert server.process.poll() is None


def test_a_frozen_session_of_one_worker_does_not_affect_the_others(
    work, start_behind, wire
):
    server = start_behind(workers=3)
    _start_long_job(work)
    [link] = wire.links_of(_pids(work, _OF_LEASE))
    link.is_frozen = True
    for number in range(1, 20):
        work.add(args=(number, 0.05))
    work.wait(HEARTBEAT_TIMEOUT + 4 + SLACK)
    work.assert_each_row_once()
    tries = "SELECT retry, count(*) FROM queue_job GROUP BY retry ORDER BY retry"
    assert work.query(tries) == [(1, 19), (2, 1)]
    assert _lines(server, "Dead connection closed") == 1


def test_an_idle_worker_whose_session_is_dead_takes_new_jobs(work, start_behind, wire):
    server = start_behind()
    work.add(args=(0, 0))
    work.wait(20)
    monitors = _pids(work, _OF_MONITORS)
    for link in wire.links:
        if link.pid not in monitors:
            link.swallow()
    work.add(args=(1, 0))
    work.wait(HEARTBEAT_TIMEOUT + SLACK)
    work.assert_each_row_once()
    assert _lines(server, "Dead connection closed") == 1


def test_a_server_with_a_dead_monitoring_connection_keeps_its_workers_and_jobs(
    work, start_behind, wire
):
    server = start_behind()
    before = work.query("SELECT id FROM queue_job_worker")
    uuid = _start_long_job(work, seconds=8)
    for link in wire.links_of(_pids(work, _OF_MONITORS)):
        link.swallow()
    work.wait(8 + SLACK)
    next_one = work.add(args=(1, 0))
    work.wait(HEARTBEAT_TIMEOUT + SLACK)
    work.assert_each_row_once()
    assert work.query("SELECT id FROM queue_job_worker") == before
    assert work.query(_TRIES, [uuid]) == work.query(_TRIES, [next_one]) == [(1,)]
    assert _lines(server, "Database unavailable") == 1
    assert _lines(server, "Database available again") == 1


def test_an_idle_server_with_a_dead_monitoring_connection_still_finds_jobs(
    work, start_behind, wire
):
    server = start_behind()
    for link in wire.links_of(_pids(work, _OF_MONITORS)):
        link.swallow()
    work.add(args=(0, 0))
    work.wait(HEARTBEAT_TIMEOUT + SLACK)
    assert _lines(server, "Database available again") == 1


def test_a_server_with_only_dead_connections_runs_its_jobs_again(
    work, start_behind, wire
):
    server = start_behind(workers=2)
    uuids = [work.add("insert_in_steps", args=(n, 4, 0.5)) for n in range(2)]
    work.wait(20, lambda: work.query(_STARTED) == [(2,)])
    for link in wire.links:
        link.swallow()
    cut = time.monotonic()
    again = "SELECT count(*) FROM queue_job WHERE state = 'started' AND retry = 1"
    work.wait(HEARTBEAT_TIMEOUT + SLACK, lambda: work.query(again) == [(2,)])
    print(f"run again after {time.monotonic() - cut:.1f} s")
    work.wait(20)
    work.assert_each_row_once()
    assert [work.query(_TRIES, [uuid]) for uuid in uuids] == [[(2,)], [(2,)]]
    assert _lines(server, "Database unavailable") == 2, "once in each of its processes"


def test_another_server_takes_the_jobs_of_one_that_cannot_reconnect(
    work, start_behind, wire, start_job_server
):
    server = start_behind()
    uuid = _start_long_job(work, seconds=30)
    start_job_server(1)
    registered = "SELECT count(*) FROM queue_job_worker WHERE idle"
    work.wait(60, lambda: work.query(registered) == [(1,)])
    wire.swallow_new = True
    for link in wire.links:
        link.swallow()
    again = "SELECT retry FROM queue_job WHERE uuid = %s AND state = 'started'"
    work.wait(HEARTBEAT_TIMEOUT + SLACK, lambda: work.query(again, [uuid]) == [(1,)])
    # said once, however often it is tried
    assert _lines(server, "Database unavailable") == 1


def test_long_statements_computations_and_transfers_do_not_count_as_dead(
    work, start_behind
):
    server = start_behind(workers=4)
    for method in ("copy_slowly", "query_long", "compute_long", "send_much"):
        work.add(method, args=(HEARTBEAT_TIMEOUT + 2,))
    work.wait(4 * HEARTBEAT_TIMEOUT + SLACK)
    tries = "SELECT DISTINCT retry FROM queue_job"
    assert work.query(tries) == [(1,)]
    assert _lines(server, "Dead connection closed") == 0


def test_connections_dropped_and_dead_at_random_lose_and_repeat_no_job(
    work, start_behind, wire, chance
):
    server = start_behind(workers=3)
    work.query("DELETE FROM queue_job")
    work.count = 0
    for number in range(40):
        method = chance.choice(["insert_row", "insert_and_query"])
        # however often: no job is to blame
        work.add(method, args=(number, chance.uniform(0, 0.6)), max_retries=0)
    harms = [
        lambda link: link.close(),
        lambda link: setattr(link, "is_frozen", True),
        lambda link: link.swallow(),
        lambda link: link.swallow(requests=False),
        lambda link: link.swallow(responses=False),
    ]
    for _harm in range(8):
        time.sleep(chance.uniform(0.2, 1))
        harm, links = chance.choice(harms), list(wire.links)
        for link in chance.sample(links, chance.choice([1, 1, len(links)])):
            harm(link)
    work.wait(120)
    work.assert_each_row_once()
    assert server.stop(STOP_LIMIT) == 0


@pytest.mark.parametrize("what", ["workers", "monitors", "all", "new"])
@pytest.mark.parametrize("stop", ["stop", "stop_all"])
def test_a_server_behind_dead_connections_stops_in_time(
    work, start_behind, wire, what, stop
):
    server = start_behind(workers=2)
    _start_long_job(work, seconds=2, method="insert_in_steps")
    monitors = _pids(work, _OF_MONITORS)
    wire.swallow_new = what in ("all", "new")
    for link in wire.links:
        if what in ("all", "new") or (link.pid in monitors) == (what == "monitors"):
            link.swallow()
    if what == "new":
        # everybody connects, or tries to
        work.wait(20, lambda: _lines(server, "Database unavailable") == 2)
    started = time.monotonic()
    getattr(server, stop)(STOP_LIMIT + 2)
    print(f"stopped after {time.monotonic() - started:.1f} s")
    assert time.monotonic() - started < STOP_LIMIT
    assert server.workers() == []


def test_a_server_that_cannot_load_its_database_stops_in_time(
    work, start_job_server, wire, database
):
    """Its main thread is inside of libpq, where no signal is handled."""
    work.query("DELETE FROM queue_job_worker")
    server = start_job_server(1, wire=wire, grace=GRACE)
    deadline = time.monotonic() + 60
    while _lines(server, "loading ") == 0 and time.monotonic() < deadline:
        for link in wire.links:
            if link.pid:
                link.swallow(requests=False)
        time.sleep(0.02)
    work.wait(60, lambda: any(link.swallows_responses for link in wire.links))
    time.sleep(1)
    started = time.monotonic()
    server.stop(STOP_LIMIT + 2)
    assert time.monotonic() - started < STOP_LIMIT


@pytest.mark.parametrize(
    "options", [("--max-cron-threads=0",), ("--workers=1", "--max-cron-threads=0")]
)
def test_a_server_behind_dead_connections_runs_jobs_again_and_stops_in_time(
    cluster, work, start_server, wire, options
):
    work.query("DELETE FROM queue_job_worker")
    server = start_server(
        "--load=base,web,queue_job",
        *options,
        env={
            **{k: v for k, v in environment_of(cluster, wire).items() if k[:2] == "PG"},
            "ODOO_QUEUE_JOB_HEARTBEAT_TIMEOUT": str(HEARTBEAT_TIMEOUT),
            "ODOO_QUEUE_JOB_STOP_GRACE": str(GRACE),
        },
    )
    work.wait(60, lambda: bool(work.query("SELECT 1 FROM queue_job_worker WHERE idle")))
    uuid = _start_long_job(work)
    for link in wire.links:
        link.swallow()
    work.wait(HEARTBEAT_TIMEOUT + 4 + SLACK)
    work.assert_each_row_once()
    assert work.query(_TRIES, [uuid]) == [(2,)]
    _start_long_job(work)
    wire.swallow_new = True
    for link in wire.links:
        link.swallow()
    started = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(STOP_LIMIT + 5)
    print(f"stopped after {time.monotonic() - started:.1f} s")
    assert time.monotonic() - started < STOP_LIMIT
