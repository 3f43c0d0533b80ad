"""Capacities on real servers: by default, and of a renamed channel."""

from __future__ import annotations

STARTED = "SELECT count(*) FROM queue_job WHERE state = 'started'"


def test_as_many_jobs_run_as_there_are_workers_when_no_capacity_is_set(
    work, start_job_server
):
    for _number in range(6):
        work.add("wait", args=(60,))
    # two servers, so the number is not the default of one
    start_job_server(2, channels="")
    start_job_server(2, channels="")
    work.wait(60, lambda: work.query(STARTED) == [(4,)])


def test_a_running_job_keeps_its_slot_when_its_channel_is_renamed(
    work, start_job_server
):
    work.query("DELETE FROM queue_job_channel WHERE name = 'before'")
    work.query(
        "INSERT INTO queue_job_channel "
        "(name, complete_name, parent_id, capacity, removal_interval) "
        "SELECT 'before', 'root.before', id, '1', 30 FROM queue_job_channel "
        "WHERE name = 'root'"
    )
    try:
        work.add(args=(0, 3), channel="root.before")
        start_job_server(2, channels="root:4")
        work.wait(60, lambda: work.query(STARTED) == [(1,)])
        work.query(
            "UPDATE queue_job_channel SET name = 'after', "
            "complete_name = 'root.after', former_names = 'root.before' "
            "WHERE name = 'before'"
        )
        work.add(args=(1, 0), channel="root.after")
        work.wait(60)
        work.assert_each_row_once()
        (first_end,), (second_start,) = work.query(
            "SELECT CASE channel WHEN 'root.before' THEN date_done "
            "ELSE date_started END FROM queue_job ORDER BY channel DESC"
        )
        assert second_start >= first_end
    finally:
        work.query("DELETE FROM queue_job_channel WHERE name IN ('before', 'after')")
