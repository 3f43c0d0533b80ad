from __future__ import annotations

import json
import os
import signal
import time

import pytest

from .cluster import Wire
from .job_server import HEARTBEAT_TIMEOUT, JobServer

#: Number of jobs of one test; more with CRASH_JOBS.
JOBS = int(os.environ.get("CRASH_JOBS") or 60)
#: Maximum duration of a job in seconds.
MOST = 0.4


def _limit(work, workers: int, seconds_lost: float) -> float:
    """Return twice the ideal time, plus the time that starts and deaths may take."""
    return 2 * work.seconds / workers + seconds_lost + 20


def test_no_job_is_lost_or_done_twice_when_workers_are_killed(
    work, start_job_server, chance
):
    work.add_rows(JOBS, chance, MOST)
    server = start_job_server()
    work.wait(30, lambda: "done" in work.states())
    # a job that loses three workers fails, and among many kills one would
    last_try = (
        "SELECT worker_pid FROM queue_job WHERE state = 'started' AND worker_deaths = 2"
    )
    for _kill in range(JOBS // 15):
        server.kill_a_worker(chance, {pid for (pid,) in work.query(last_try)})
        time.sleep(chance.uniform(0.2, 1.0))
    work.wait(_limit(work, 4, JOBS // 15 * 2))
    work.assert_each_row_once()


def test_another_server_takes_over_from_a_killed_one(work, start_job_server, chance):
    work.add_rows(JOBS, chance, MOST)
    first, _second = start_job_server(2), start_job_server(2)
    work.wait(30 + JOBS, lambda: work.states().get("done", 0) > JOBS // 4)
    first.kill()
    work.wait(_limit(work, 2, 2))
    work.assert_each_row_once()


def test_the_jobs_of_a_killed_worker_run_again_within_two_seconds(
    work, start_job_server, chance
):
    first, _second = start_job_server(1), start_job_server(1)
    work.add_rows(1, chance, MOST)
    work.wait(30)
    victim = work.add(args=(1, 1.5))
    started = "SELECT worker_pid FROM queue_job WHERE uuid = %s AND state = 'started'"
    work.wait(10, lambda: bool(work.query(started, [victim])))
    [(pid,)] = work.query(started, [victim])
    os.kill(pid, signal.SIGKILL)
    killed = time.monotonic()
    again = f"{started} AND worker_pid != %s"
    work.wait(10, lambda: bool(work.query(again, [victim, pid])))
    print(f"runs again after {time.monotonic() - killed:.2f} s")
    work.wait(20)
    work.assert_each_row_once()
    assert first.process.poll() is None


def test_jobs_survive_the_end_of_their_database_sessions(
    work, start_job_server, chance
):
    work.add_rows(JOBS, chance, MOST)
    start_job_server()
    work.wait(30, lambda: "done" in work.states())
    # a job that loses three workers fails: it cannot lose more here
    for _cut in range(2):
        work.query(
            "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid != pg_backend_pid() "
            "ORDER BY random() LIMIT 5) AS victim"
        )
        time.sleep(chance.uniform(0.2, 0.8))
    work.wait(_limit(work, 4, 12))
    work.assert_each_row_once()


def test_jobs_survive_a_crash_of_postgresql(cluster, work, start_job_server, chance):
    work.add_rows(JOBS, chance, MOST)
    start_job_server()
    work.wait(30, lambda: "done" in work.states())
    for _crash in range(2):
        done = work.states().get("done", 0)
        cluster.restart()
        # the workers are connected again, and at work
        work.wait(30, lambda done=done: work.states().get("done", 0) > done)
        time.sleep(chance.uniform(0, 0.5))
    work.wait(_limit(work, 4, 15))
    work.assert_each_row_once()
    [(deaths,)] = work.query("SELECT COALESCE(sum(worker_deaths), 0) FROM queue_job")
    assert deaths == 0


def test_a_frozen_worker_loses_its_jobs_and_commits_nothing(
    work, start_job_server, chance
):
    frozen = start_job_server(2)
    work.add_rows(JOBS, chance, MOST)
    work.wait(30, lambda: work.states().get("done", 0) > 4)
    frozen.signal_all(signal.SIGSTOP)
    start_job_server(2)
    work.wait(_limit(work, 2, HEARTBEAT_TIMEOUT + 5))
    frozen.signal_all(signal.SIGCONT)
    # let it continue: whatever it still tries to commit is refused
    work.add_rows(0, chance, MOST)
    registered = "SELECT count(*) FROM queue_job_worker"
    work.wait(30, lambda: work.query(registered) == [(4,)])
    work.assert_each_row_once()


def test_a_disconnected_server_loses_its_jobs_and_reconnects(
    cluster, work, start_job_server, chance
):
    wire = Wire(cluster)
    start_job_server(2, wire=wire)
    work.add_rows(JOBS, chance, MOST)
    work.wait(30, lambda: work.states().get("done", 0) > 4)
    wire.cut()
    start_job_server(2)
    work.wait(_limit(work, 2, HEARTBEAT_TIMEOUT + 5))
    wire.mend()
    registered = "SELECT count(*) FROM queue_job_worker"
    work.wait(60, lambda: work.query(registered) == [(4,)])
    work.assert_each_row_once()


def test_a_job_that_commits_stays_leased_to_its_worker(work, start_job_server):
    first, second = start_job_server(1), start_job_server(1)
    idle = "SELECT count(*) FROM queue_job_worker WHERE idle"
    work.wait(60, lambda: work.query(idle) == [(2,)])
    uuid = work.add("insert_and_commit", args=(0, 4))
    work.wait(10, lambda: bool(work.query("SELECT 1 FROM test_crash_row")))
    work.add(args=(1, 2))
    work.wait(20)
    work.assert_each_row_once()
    tries = "SELECT retry, worker_deaths FROM queue_job WHERE uuid = %s"
    assert work.query(tries, [uuid]) == [(1, None)]
    assert first.process.poll() is None
    assert second.process.poll() is None


def test_a_job_that_kills_its_worker_each_time_fails_with_a_message(
    work, start_job_server
):
    start_job_server(2)
    deadly = work.add("kill_worker", max_retries=0)
    innocent = work.add(args=(0, 0))
    state = "SELECT state FROM queue_job WHERE uuid = %s"
    work.wait(60, lambda: work.query(state, [deadly]) == [("failed",)])
    [(name, message)] = work.query(
        "SELECT exc_name, exc_message FROM queue_job WHERE uuid = %s", [deadly]
    )
    assert name == "JobFoundDead"
    assert "died 3 time(s)" in message
    work.wait(20, lambda: work.query(state, [innocent]) == [("done",)])


def test_dependents_start_when_the_worker_was_killed_right_after_the_commit(
    work, start_job_server
):
    """Its last commit flags that its dependents must still be released."""
    parent, child = work.add(args=(0, 0)), work.add(args=(1, 0))
    link = (
        "UPDATE queue_job SET graph_uuid = 'graph', state = %s, dependencies = %s "
        "WHERE uuid = %s"
    )
    children = json.dumps({"depends_on": [], "reverse_depends_on": [child]})
    parents = json.dumps({"depends_on": [parent], "reverse_depends_on": []})
    work.query(link, ["wait_dependencies", parents, child])
    work.query(link, ["started", children, parent])
    work.query("UPDATE queue_job SET state = 'done' WHERE uuid = %s", [parent])
    start_job_server(1)
    work.wait(60)
    assert work.query("SELECT number FROM test_crash_row") == [(1,)]


@pytest.mark.parametrize("stop", [JobServer.stop, JobServer.stop_all])
def test_a_stop_waits_for_the_running_job_and_releases_the_others(
    work, start_job_server, stop
):
    server = start_job_server(1)
    for number in range(3):
        work.add(args=(number, 1))
    work.wait(30, lambda: "started" in work.states())
    assert stop(server) == 0
    states = work.states()
    assert states.get("done", 0) >= 1
    assert set(states) <= {"done", "pending"}
    assert work.query("SELECT count(*) FROM queue_job_worker") == [(0,)]
    start_job_server(1)
    work.wait(30)
    work.assert_each_row_once()
    assert work.query("SELECT sum(worker_deaths) FROM queue_job") in ([(None,)], [(0,)])
