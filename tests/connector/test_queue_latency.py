"""A coffee as a queue latency alert, with real busy workers."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import datetime, timedelta, timezone

import psycopg2
import pytest
import requests

from setup.demo.stack import Stack

SECONDS = 120
SLEEPERS = 24
LIMIT = 5  # minutes


@pytest.fixture
def thirsty(kitchen: Stack, backend: int) -> int:
    """The backend, which pours a coffee at most once an hour."""
    call, records = kitchen.client.call, kitchen.client.records
    call(
        "coffee.backend",
        "action_start_flow",
        [backend],
        context={"connector_flow": "recipes"},
    )
    call(
        "coffee.backend",
        "action_start_flow",
        [backend],
        context={"connector_flow": "brews"},
    )
    until(lambda: not open_jobs(kitchen))
    own = [("backend_id", "=", backend), ("active", "=", True)]
    recipe, *_others = records("coffee.product.product", own, [])
    badge = records("coffee.brew", own[:1], ["badge_id"])[0]["badge_id"]
    call(
        "coffee.backend",
        "write",
        [backend],
        {
            "latency_alert_minutes": LIMIT,
            "latency_alert_interval": 60,
            "busy_recipe_id": recipe["id"],
            "busy_badge_id": badge[0],
        },
    )
    return backend


def test_one_coffee_an_interval_while_the_queue_is_full(
    kitchen: Stack, thirsty: int
) -> None:
    before = len(poured(kitchen))
    fill_the_queue(kitchen)
    for _look in range(3):
        look_at_the_queue(kitchen)
    # The last job runs first: most of the others still wait.
    until(lambda: len(poured(kitchen)) == before + 1)
    assert len(open_jobs(kitchen)) > SLEEPERS / 2
    look_at_the_queue(kitchen)
    until(lambda: not pourings(kitchen, open_only=True))
    assert len(poured(kitchen)) == before + 1

    let_an_hour_pass(kitchen, thirsty)
    for _look in range(3):
        look_at_the_queue(kitchen)
    until(lambda: len(poured(kitchen)) == before + 2)
    until(lambda: not pourings(kitchen, open_only=True))
    assert [job["state"] for job in pourings(kitchen)] == ["done", "done"]
    assert len(poured(kitchen)) == before + 2
    messages = kitchen.client.records(
        "mail.message",
        [("model", "=", "coffee.backend"), ("res_id", "=", thirsty)],
        ["body"],
    )
    assert (
        sum(
            "Queue latency alert: the oldest job has been waiting" in m["body"]
            for m in messages
        )
        == 2
    )


def fill_the_queue(kitchen: Stack) -> None:
    """Delay more sleeping jobs than can run, waiting for longer than the limit."""
    # Two steps, as a job that is created runs at once.
    root = kitchen.client.call("queue.job.channel", "search", [("name", "=", "root")])
    pause(kitchen, root, True)
    for _sleeper in range(SLEEPERS):
        made = kitchen.client._session.get(
            f"{kitchen.client.url}/queue_job/create_test_job",
            params={"job_duration": 3},
            timeout=60,
        )
        made.raise_for_status()
    with closing(psycopg2.connect(dbname=kitchen.client.database)) as connection:
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "UPDATE queue_job SET date_created = date_created - %s "
                "WHERE state = 'pending'",
                [timedelta(minutes=LIMIT + 1)],
            )
            assert cursor.rowcount == SLEEPERS
    pause(kitchen, root, False)


def pause(kitchen: Stack, channels: list[int], paused: bool) -> None:
    kitchen.client.call("queue.job.channel", "write", channels, {"paused": paused})


def look_at_the_queue(kitchen: Stack) -> None:
    """Run the scheduled action, which normally runs once a minute."""
    call = kitchen.client.call
    (cron,) = call("ir.cron", "search", [("code", "=", "model._cron_watch_queue()")])
    call("ir.cron", "method_direct_trigger", [cron])


def let_an_hour_pass(kitchen: Stack, backend: int) -> None:
    moment = datetime.now(timezone.utc) - timedelta(minutes=61)
    values = {"latency_alert_last": moment.strftime("%Y-%m-%d %H:%M:%S")}
    kitchen.client.call("coffee.backend", "write", [backend], values)


def poured(kitchen: Stack) -> list[dict]:
    data = requests.get(f"{kitchen.machine.url}/admin/data", timeout=30).json()
    return data["brews"]


def pourings(kitchen: Stack, open_only: bool = False) -> list[dict]:
    domain = [("method_name", "=", "pour_when_busy")]
    if open_only:
        domain.append(("state", "not in", ["done", "failed"]))
    return kitchen.client.records("queue.job", domain, ["state"])


def open_jobs(kitchen: Stack) -> list[dict]:
    states = ["pending", "enqueued", "started"]
    return kitchen.client.records("queue.job", [("state", "in", states)], [])


def until(condition) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"it took more than {SECONDS} seconds"
        time.sleep(0.1)
