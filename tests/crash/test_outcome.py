"""What jobs raise ends only the job, in every kind of server."""

from __future__ import annotations

import time
from contextlib import closing

import pytest

KINDS = (
    "SystemExit",
    "argparse",
    "KeyboardInterrupt",
    "GeneratorExit",
    "CancelledError",
    "Group",
    "Direct",
    "MemoryError",
    "RecursionError",
    "Unspeakable",
)
WIDE = "--load=base,web,queue_job"


@pytest.fixture
def start(request, cluster, database, start_server, start_job_server):
    """Start a server by its kind; return a function to call while waiting."""

    def nothing():
        pass

    def call_scheduled_actions():
        # the server checks them once a minute, unless notified
        with closing(cluster.connect("postgres")) as connection:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_notify('cron_trigger', %s)", [database])

    def start_kind(kind: str):
        if kind == "queue_worker":
            start_job_server(2)
        elif kind == "threaded":
            start_server(WIDE, "--max-cron-threads=0")
        elif kind == "prefork":
            start_server(WIDE, "--workers=1", "--max-cron-threads=0")
        else:
            start_server("--max-cron-threads=1")
            return call_scheduled_actions
        return nothing

    return start_kind


def _run(work, call) -> None:
    """Run the waiting jobs, and check that the same workers ran all of them."""
    pids = set()

    def is_over():
        call()
        pids.update(work.query("SELECT pid FROM queue_job_worker"))
        # the notification wakes up a thread that may be busy
        time.sleep(0.1)
        return not {"pending", "enqueued", "started"}.intersection(work.states())

    work.wait(90, is_over)
    return pids


@pytest.mark.parametrize("kind", ["queue_worker", "threaded", "prefork", "cron"])
def test_what_a_job_raises_fails_that_job_and_the_others_run(work, start, kind):
    work.query("DELETE FROM queue_job_worker")
    work.query(
        "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' - interval '1 minute'"
    )
    deadly = [work.add("raise_this", args=(name,), priority=1) for name in KINDS]
    deadly.append(work.add("raise_in_hook", priority=1))
    others = [work.add(args=(number, 0)) for number in range(4)]
    call = start(kind)
    pids = _run(work, call)
    failed = work.query(
        "SELECT method_name, args->>0, state, retry, worker_deaths, exc_name, "
        "exc_message, exc_info, date_failed IS NOT NULL "
        "FROM queue_job WHERE uuid = ANY(%s)",
        [deadly],
    )
    for method, name, state, retry, deaths, exc_name, text, info, is_dated in failed:
        expected = {"argparse": "SystemExit", None: "SystemExit"}.get(name, name)
        assert (state, retry, deaths, is_dated) == ("failed", 1, None, True), name
        assert exc_name.split(".")[-1] == expected
        assert expected in (text or "") or name in ("MemoryError", "RecursionError")
        assert "Traceback" in info
        assert method in info or name is None
    done = "SELECT count(*) FROM queue_job WHERE state = 'done' AND uuid = ANY(%s)"
    assert work.query(done, [others]) == [(len(others),)]
    # the process that ran them runs more
    late = work.add(args=(9, 0))
    pids |= _run(work, call)
    assert work.query(done, [[late]]) == [(1,)]
    processes = {"queue_worker": 2, "threaded": 1, "prefork": 2}
    assert len(pids) == processes.get(kind, len(pids))
    unfinished = "SELECT count(*) FROM queue_job WHERE lease_id IS NOT NULL"
    assert work.query(unfinished) == [(0,)]


@pytest.mark.parametrize(
    ("method", "args", "reason"),
    [
        ("exit_process", (5,), "exit code 5"),
        # any other process of Odoo with this exit code ends the whole server
        ("exit_process", (3,), "exit code 3"),
        ("kill_worker", (), "SIGKILL"),
        ("fault", (), "SIGSEGV"),
        ("lose_session", (), "terminating connection due to administrator command"),
        ("lose_session_and_say_much", (), "The database session of the job was lost"),
    ],
)
def test_a_job_fails_with_the_reason_why_its_worker_was_lost(
    work, start_job_server, method, args, reason
):
    start_job_server(2)
    deadly = work.add(method, args=args, max_retries=0)
    innocent = work.add(args=(0, 0))
    _run(work, lambda: None)
    message = "SELECT exc_name, exc_message FROM queue_job WHERE uuid = %s"

    def is_recorded():
        # the last reason may come after the job has failed
        return reason in work.query(message, [deadly])[0][1]

    work.wait(20, is_recorded)
    [(name, text)] = work.query(message, [deadly])
    assert name == "JobFoundDead"
    assert "died 3 time(s)" in text
    state = "SELECT state FROM queue_job WHERE uuid = %s"
    assert work.query(state, [innocent]) == [("done",)]


@pytest.mark.parametrize(
    ("method", "args", "reason"),
    [
        ("stay_idle", (0.6,), "idle-in-transaction timeout"),
        ("stay_idle_and_hide_it", (0.6,), "idle-in-transaction timeout"),
        ("query_too_long", (5,), "statement timeout"),
        ("close_cursor", (), "Cursor already closed"),
        ("close_connection", (), "closed"),
        ("delete_own_row", (), "deleted its own row"),
    ],
)
def test_a_session_that_its_job_had_ended_fails_it_at_once(
    work, start_job_server, method, args, reason
):
    start_job_server(1)
    own_fault = work.add(method, args=args, priority=1)
    work.add(args=(0, 0))
    _run(work, lambda: None)
    [(state, retry, deaths, text, info, place)] = work.query(
        "SELECT state, retry, worker_deaths, exc_message, exc_info, exc_place "
        "FROM queue_job WHERE uuid = %s",
        [own_fault],
    )
    assert (state, retry, deaths) == ("failed", 1, None)
    assert reason in text
    assert "Traceback" in info
    if method not in ("stay_idle_and_hide_it", "delete_own_row"):
        assert f"in {method}" in place
    assert work.states() == {"failed": 1, "done": 1}


def test_what_a_job_does_to_its_session_and_thread_ends_with_it(work, start_job_server):
    work.query("DELETE FROM queue_job_worker")
    # one lease, so one session
    changing = [work.add("change_transactions", priority=1) for _number in range(3)]
    work.add("forget_database", priority=2)
    work.add(args=(0, 0))
    start_job_server(1)
    pids = _run(work, lambda: None)
    failed = work.query(
        "SELECT exc_name, worker_deaths FROM queue_job WHERE uuid = ANY(%s)", [changing]
    )
    assert failed == [("ValueError", None)] * 3
    assert work.states() == {"failed": 3, "done": 2}
    assert len(pids) == 1


def test_a_child_process_of_a_job_ends_by_itself(work, start_job_server):
    start_job_server(1)
    work.add("fork_and_exit", args=(0,))
    work.add(args=(1, 0))
    work.wait(60)
    work.assert_each_row_once()


def test_a_thread_that_a_job_leaves_behind_does_not_keep_its_worker_from_the_end(
    work, start_job_server
):
    server = start_job_server(1)
    work.add("leave_thread", args=(0,))
    work.wait(60)
    assert server.stop(20) == 0
    work.assert_each_row_once()


def test_a_job_that_stops_its_worker_is_done_and_the_worker_replaced(
    work, start_job_server
):
    start_job_server(1)
    work.add("ask_process_to_stop", args=(0,))
    work.wait(60)
    work.add(args=(1, 0))
    work.wait(60)
    work.assert_each_row_once()
    pids = "SELECT count(DISTINCT worker_pid) FROM queue_job"
    assert work.query(pids) == [(2,)]
