"""Running jobs are stopped and monitored by other processes."""

from __future__ import annotations

import pytest

_STATE = "SELECT state FROM queue_job WHERE uuid = %s"
#: What the Stop button of a job does.
_STOP = """
UPDATE queue_job_lease lease SET stop_job_id = job.id, stop_by = 'Ada'
  FROM queue_job job WHERE job.uuid = %s AND lease.id = job.lease_id;
NOTIFY queue_job
"""


@pytest.fixture
def limit(work):
    """Set the time limit of a method, for servers started afterwards."""
    name = "<test.crash.row>.{}"

    def set_limit(method: str, seconds: int, allow_commit: bool = False) -> None:
        work.query(
            "INSERT INTO queue_job_function (name, method, channel_id, model_id, "
            "                                time_limit, allow_commit) "
            "SELECT %s, %s, channel.id, model.id, %s, %s "
            "  FROM queue_job_channel channel, ir_model model "
            " WHERE channel.name = 'root' AND model.model = 'test.crash.row'",
            [name.format(method), method, seconds, allow_commit],
        )

    yield set_limit
    work.query("DELETE FROM queue_job_function WHERE time_limit > 0")


def _rows(work) -> list[int]:
    return [number for (number,) in work.query("SELECT number FROM test_crash_row")]


def test_a_stop_ends_a_job_that_waits_for_the_database(work, start_job_server):
    start_job_server(1)
    work.add(args=(0, 0))
    work.wait(60)
    stopped = work.add("insert_and_query", args=(1, 60))
    work.wait(10, lambda: work.query(_STATE, [stopped]) == [("started",)])
    work.query(_STOP, [stopped])
    work.wait(10, lambda: work.query(_STATE, [stopped]) == [("cancelled",)])
    next_one = work.add(args=(2, 0))
    work.wait(10, lambda: work.query(_STATE, [next_one]) == [("done",)])
    assert sorted(_rows(work)) == [0, 2], "what it wrote is rolled back"
    result = work.query("SELECT result FROM queue_job WHERE uuid = %s", [stopped])
    assert result == [("Stopped by Ada",)]


@pytest.mark.parametrize(
    ("method", "allow_commit", "same_worker"),
    [
        ("insert_and_query", False, True),
        ("insert_and_query", True, True),
        ("insert_row", False, False),
    ],
)
def test_a_job_over_its_time_limit_fails_and_others_continue(
    work, start_job_server, limit, method, allow_commit, same_worker
):
    """In a query, which is cancelled; and in a sleep, which only the end of the process
    can end."""
    limit(method, 1, allow_commit)
    start_job_server(1)
    late = work.add(method, args=(1, 60))
    work.wait(60, lambda: work.query(_STATE, [late]) == [("failed",)])
    [(name, tries)] = work.query(
        "SELECT exc_name, retry FROM queue_job WHERE uuid = %s", [late]
    )
    assert (name, tries) == ("JobTimeLimitExceeded", 1)
    next_one = work.add("insert_in_steps", args=(2, 1, 0))
    work.wait(30, lambda: work.query(_STATE, [next_one]) == [("done",)])
    assert _rows(work) == [2]
    pids = "SELECT count(DISTINCT worker_pid) FROM queue_job"
    assert (work.query(pids) == [(1,)]) is same_worker


def test_the_progress_of_a_running_job_is_visible(work, start_job_server):
    start_job_server(1)
    work.add("insert_in_steps", args=(0, 3, 1))
    progress = (
        "SELECT progress_done, progress_total, progress_message FROM queue_job_lease"
    )
    seen = []

    def look():
        seen.extend(row for row in work.query(progress) if row[1] and row not in seen)
        return work.is_done()

    work.wait(60, look)
    assert seen == [(1, 3, "step 1"), (2, 3, "step 2"), (3, 3, "step 3")]
    work.assert_each_row_once()
