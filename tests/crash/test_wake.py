"""When workers are notified, and what a running job keeps open in the database."""

from __future__ import annotations

from contextlib import closing

import pytest

_LISTEN = "LISTEN queue_job"


@pytest.fixture
def calls(cluster, database):
    """Return a function that counts the notifications since its last call."""
    with closing(cluster.connect(database)) as connection:
        with connection.cursor() as cursor:
            cursor.execute(_LISTEN)

            def since_last() -> int:
                # the answer to a statement brings what was sent before it
                cursor.execute("SELECT 1")
                count = len(connection.notifies)
                connection.notifies.clear()
                return count

            yield since_last


def test_only_jobs_that_become_runnable_notify_the_workers(work, calls):
    for _number in range(3):
        uuid = work.add()
    assert calls() == 3
    later = "now() AT TIME ZONE 'UTC' + interval '1 day'"
    for change in (
        "name = 'other'",
        "state = 'enqueued', lease_id = 1",
        "state = 'started'",
        "state = 'done', lease_id = NULL",
        "state = 'failed'",
        f"state = 'pending', eta = {later}",
    ):
        work.query(f"UPDATE queue_job SET {change} WHERE uuid = %s", [uuid])
        assert calls() == 0, change
    soon = "now() AT TIME ZONE 'UTC' + interval '5 minutes'"
    for change in ("eta = NULL", "priority = 1", f"eta = {soon}"):
        work.query(f"UPDATE queue_job SET {change} WHERE uuid = %s", [uuid])
        assert calls() == 1, change
    work.query("UPDATE queue_job SET state = 'failed'")
    calls()
    work.query("UPDATE queue_job SET state = 'pending'")
    assert calls() == 1, "once for a transaction, however many rows"


def test_a_job_that_runs_holds_no_transaction_open_by_itself(work, start_job_server):
    start_job_server(1)
    work.add(args=(0, 0))
    work.wait(60)
    work.query("UPDATE queue_job SET state = 'done'")
    work.add("wait", args=(3,))
    work.wait(10, lambda: "started" in work.states())
    open_since = work.query(
        "SELECT query, xact_start FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid != pg_backend_pid() "
        "AND state LIKE 'idle in transaction%%'"
    )
    assert open_since == []
    assert "started" in work.states(), "it ran in the meantime"
    work.wait(10)
