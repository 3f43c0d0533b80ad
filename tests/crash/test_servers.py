"""Jobs run in every kind of server, and without any configuration."""

from __future__ import annotations

import os
import signal
import time
from contextlib import closing

WIDE = "--load=base,web,queue_job"


def _kinds(work) -> set[str]:
    return {kind for (kind,) in work.query("SELECT kind FROM queue_job_worker")}


def test_a_threaded_server_runs_jobs_in_threads(work, start_server):
    work.query("DELETE FROM queue_job_worker")
    server = start_server(WIDE, "--max-cron-threads=0")
    for number in range(5):
        work.add(args=(number, 0))
    work.wait(60)
    assert _kinds(work) == {"thread"}
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(30)
    assert _kinds(work) == set()
    work.assert_each_row_once()


def test_a_forking_server_runs_jobs_in_processes_it_replaces(work, start_server):
    work.query("DELETE FROM queue_job_worker")
    server = start_server(WIDE, "--workers=1", "--max-cron-threads=0")
    work.add(args=(0, 0))
    work.wait(60)
    assert _kinds(work) == {"process"}
    for (pid,) in work.query("SELECT DISTINCT pid FROM queue_job_worker"):
        os.kill(pid, signal.SIGKILL)
    work.add(args=(1, 0))
    work.wait(60)
    server.require_alive()
    work.assert_each_row_once()


def test_a_worker_past_the_memory_limit_is_replaced_between_two_jobs(
    work, start_job_server
):
    gigabyte = 1 << 30
    start_job_server(
        1,
        options=(
            f"--limit-memory-soft={4 * gigabyte}",
            f"--limit-memory-hard={16 * gigabyte}",
        ),
    )
    pid = "SELECT worker_pid FROM queue_job WHERE uuid = %s AND state = 'done'"
    first = work.add("take_memory", args=(1,))
    work.wait(60)
    second = work.add("take_memory", args=(5,))
    work.wait(10)
    third = work.add(args=(0, 0))
    work.wait(60)
    assert work.query(pid, [first]) == work.query(pid, [second])
    assert work.query(pid, [second]) != work.query(pid, [third])
    [(deaths,)] = work.query("SELECT COALESCE(sum(worker_deaths), 0) FROM queue_job")
    assert deaths == 0


def test_jobs_run_without_any_worker_by_the_scheduled_action(
    cluster, database, work, start_server
):
    work.query("DELETE FROM queue_job_worker")
    work.query(
        "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' - interval '1 minute'"
    )
    work.add(args=(0, 0))
    work.add(args=(1, 0))
    start_server("--max-cron-threads=1")

    def is_over():
        # the server checks its scheduled actions once a minute, unless notified
        with closing(cluster.connect("postgres")) as connection:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_notify('cron_trigger', %s)", [database])
        time.sleep(0.4)
        return work.is_done()

    work.wait(90, is_over)
    work.assert_each_row_once()
    assert _kinds(work) == set()
