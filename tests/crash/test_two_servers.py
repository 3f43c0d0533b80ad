"""Two servers, one queue: capacity, order and throttle apply to both together."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable

import pytest

from .cluster import forget_original

#: Number of jobs in the test of limits; 2,000 in its full form.
JOBS = int(os.environ.get("CRASH_JOBS") or 0) or 200

_SPANS = """
SELECT channel, priority, date_created, id, date_started, date_done
  FROM queue_job ORDER BY date_started
"""


def _most_at_once(spans) -> int:
    """Return the maximum number of overlapping spans (start, end)."""
    # at the same time an end counts before a start
    events = sorted(
        [(end, -1) for _start, end in spans] + [(start, 1) for start, _end in spans]
    )
    now = most = 0
    for _when, step in events:
        now += step
        most = max(most, now)
    return most


def test_limits_apply_across_two_servers(work, start_job_server, chance):
    channels = (
        "root:4, root.two:2, root.two.share:50%, root.order:1:sequential, "
        "root.slow:4:throttle=1"
    )
    names = ["root", "root.two", "root.two.share", "root.two.new", "root.order"]
    for number in range(JOBS):
        work.add(
            args=(number, round(chance.uniform(0, 0.03), 3)),
            channel=chance.choice(names),
            priority=chance.choice([5, 10, 20]),
        )
    for number in range(JOBS, JOBS + 8):
        work.add(args=(number, 0), channel="root.slow")
    first, second = start_job_server(3, channels), start_job_server(3, channels)
    work.wait(60 + JOBS * 0.3)
    work.assert_each_row_once()

    rows = work.query(_SPANS)
    spans = {name: [] for name in [*names, "root.slow"]}
    for channel, _priority, _created, _id, started, done in rows:
        spans[channel].append((started, done))
    two = spans["root.two"] + spans["root.two.share"] + spans["root.two.new"]
    assert _most_at_once([span for each in spans.values() for span in each]) <= 4
    assert _most_at_once(two) <= 2
    assert _most_at_once(spans["root.two.share"]) <= 1
    assert _most_at_once(spans["root.order"]) <= 1

    in_order = [row[1:4] for row in rows if row[0] == "root.order"]
    assert in_order == sorted(in_order)

    starts = [start for start, _done in sorted(spans["root.slow"])]
    gaps = [
        (later - earlier).total_seconds()
        for earlier, later in itertools.pairwise(starts)
    ]
    # the throttle is set when a job is leased, and read when it starts
    assert min(gaps) > 0.9, gaps

    pids = {pid for (pid,) in work.query("SELECT DISTINCT worker_pid FROM queue_job")}
    for server in (first, second):
        assert pids & {worker.pid for worker in server.workers()}, "both servers worked"


def test_edits_of_a_channel_take_effect_on_a_running_server(work, start_job_server):
    work.query("UPDATE queue_job_channel SET paused = TRUE WHERE name = 'root'")
    start_job_server(1, channels="root.other:1")
    alive = "SELECT count(*) FROM queue_job_worker WHERE idle"
    work.wait(60, lambda: work.query(alive) == [(1,)])
    work.add(args=(0, 0))
    assert work.states() == {"pending": 1}
    work.query("UPDATE queue_job_channel SET paused = FALSE WHERE name = 'root'")
    work.wait(3)


def test_an_invalid_channel_does_not_stop_the_others(work, start_job_server):
    server = start_job_server(
        1, channels="root:2, bad:many, :3, root.good:1:paused=maybe"
    )
    work.add(args=(0, 0), channel="root.fine")
    work.wait(60)
    log = server.log.read_text()
    for mistake in ("'bad:many'", "':3'", "'maybe'"):
        assert mistake in log


def test_jobs_of_a_database_made_later_are_found(
    cluster, database, work, start_job_server
):
    work.query("DELETE FROM queue_job_worker")
    # a database cannot have connections while it is copied
    cluster.copy_database(database, "crash_copy")
    forget_original(cluster, "crash_copy")
    cluster.execute("postgres", "ALTER DATABASE crash_copy ALLOW_CONNECTIONS false")
    server = start_job_server(1, databases=None)
    uuid = work.add(args=(0, 0))
    work.wait(60)
    cluster.copy_database("crash_copy", "crash_later")
    later = type(work)(cluster, "crash_later")
    # the same uuid in two databases: each has its own job
    later.add(args=(0, 0))
    later.query("UPDATE queue_job SET uuid = %s", (uuid,))
    later.wait(60)
    later.assert_each_row_once()
    work.add(args=(1, 0))
    work.wait(60)
    server.stop()
    for name in ("crash_later", "crash_copy"):
        cluster.execute("postgres", f"DROP DATABASE {name} WITH (FORCE)")


def test_an_unreachable_database_does_not_stop_the_others(
    cluster, database, work, start_job_server
):
    cluster.execute("postgres", "CREATE DATABASE crash_closed ALLOW_CONNECTIONS false")
    start_job_server(1, databases=f"crash_closed,{database}")
    work.add(args=(0, 0))
    work.wait(60)
    cluster.execute("postgres", "DROP DATABASE crash_closed")


@pytest.fixture
def statements(cluster):
    """Return a function that counts the statements of all sessions until now.

    As logged by PostgreSQL. Its statistics are late, and include its own activity.
    """
    cluster.execute("postgres", "ALTER SYSTEM SET log_statement TO 'all'")
    cluster.execute("postgres", "SELECT pg_reload_conf()")
    yield lambda: cluster.log.read_text().count("LOG:  statement: ")
    cluster.execute("postgres", "ALTER SYSTEM RESET log_statement")
    cluster.execute("postgres", "SELECT pg_reload_conf()")


class Calm:
    """Measures for how many seconds no statement was sent, when read often."""

    def __init__(self, statements: Callable[[], int]):
        self._statements = statements
        self._count = statements()
        self._since = time.monotonic()

    @property
    def seconds(self) -> float:
        count, now = self._statements(), time.monotonic()
        if count != self._count:
            self._count, self._since = count, now
        return now - self._since


def test_an_idle_server_sends_few_queries(work, start_job_server, statements):
    server = start_job_server(2, timeout=60)
    alive = "SELECT count(*) FROM queue_job_worker WHERE idle"
    work.wait(60, lambda: work.query(alive) == [(2,)])
    # once it has started, nothing happens
    calm = Calm(statements)
    work.wait(30, lambda: calm.seconds > 2)
    before = statements()
    assert before, "they are logged"
    end = time.monotonic() + 10
    while time.monotonic() < end:
        assert statements() - before < 10
        time.sleep(0.5)
    print(f"{statements() - before} statements in 10 s")
    assert len(server.workers()) == 2
