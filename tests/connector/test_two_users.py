"""Two users do the same at the same time, each in their own session."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import requests

from setup.demo.client import Client
from setup.demo.stack import Stack

SECONDS = 120
CONTACTS = 12


@pytest.fixture
def together(kitchen: Stack) -> Iterator[Callable[..., list]]:
    """Call Odoo from two sessions at the same time; raise the error of either."""
    sessions = []
    for _person in range(2):
        sessions.append(Client(kitchen.client.url, kitchen.client.database))
        sessions[-1].login()

    with ThreadPoolExecutor(len(sessions)) as pool:

        def call(*arguments: object, **options: object) -> list:
            begin = Barrier(len(sessions))

            def one(session: Client) -> object:
                begin.wait(SECONDS)
                return session.call(*arguments, **options)

            return list(pool.map(one, sessions))

        yield call


@pytest.fixture
def tag(kitchen: Stack, backend: int) -> int:
    (made,) = kitchen.client.call(
        "res.partner.category", "create", [{"name": f"Drinkers {backend}"}]
    )
    values = {"partner_category_id": made}
    kitchen.client.call("coffee.backend", "write", [backend], values)
    return made


def test_nobody_gets_two_badges(
    kitchen: Stack, backend: int, tag: int, together: Callable[..., list]
) -> None:
    before = len(badges(kitchen))
    contacts = kitchen.client.call(
        "res.partner",
        "create",
        [{"name": f"Drinker {number}"} for number in range(CONTACTS)],
    )
    for contact in contacts:
        together("res.partner", "write", [contact], {"category_id": [(4, tag)]})
    together(
        "coffee.backend",
        "action_start_flow",
        [backend],
        context={"connector_flow": "badges"},
    )
    until(lambda: not open_jobs(kitchen))

    own = [("backend_id", "=", backend)]
    made = kitchen.client.records("coffee.res.partner", own, ["odoo_id", "coffee_id"])
    assert sorted(one["odoo_id"][0] for one in made) == sorted(contacts)
    assert len({one["coffee_id"] for one in made}) == CONTACTS
    assert len(badges(kitchen)) == before + CONTACTS


def test_a_button_pressed_by_both_starts_one_run(
    kitchen: Stack, backend: int, together: Callable[..., list]
) -> None:
    call = kitchen.client.call
    root = call("queue.job.channel", "search", [("name", "=", "root")])
    # The run stays in progress until both have clicked.
    call("queue.job.channel", "write", root, {"paused": True})
    try:
        first, second = together(
            "coffee.backend",
            "action_start_flow",
            [backend],
            context={"connector_flow": "recipes"},
        )
    finally:
        call("queue.job.channel", "write", root, {"paused": False})
    assert first["res_id"] == second["res_id"]
    own = [("backend_model", "=", "coffee.backend"), ("backend_id", "=", backend)]
    assert len(kitchen.client.records("connector.sync.run", own, [])) == 1
    until(lambda: not open_jobs(kitchen))


def test_the_last_name_is_on_the_badge(
    kitchen: Stack, backend: int, tag: int, together: Callable[..., list]
) -> None:
    create = {"name": "Ada", "category_id": [(4, tag)]}
    (contact,) = kitchen.client.call("res.partner", "create", [create])
    until(lambda: not open_jobs(kitchen))
    (badge,) = kitchen.client.records(
        "coffee.res.partner", [("odoo_id", "=", contact)], ["coffee_id"]
    )
    writes = patches(kitchen)
    for number in range(25):
        together("res.partner", "write", [contact], {"name": f"Ada {number}"})
    until(lambda: not open_jobs(kitchen))
    held = kitchen.machine.data()["badges"][badge["coffee_id"]]
    assert held["holder"]["name"] == "Ada 24"
    # One for each five seconds in which there were changes.
    assert 1 <= patches(kitchen) - writes < 25


def badges(kitchen: Stack) -> dict:
    return kitchen.machine.data()["badges"]


def patches(kitchen: Stack) -> int:
    stats = requests.get(f"{kitchen.machine.url}/admin/stats", timeout=30).json()
    return stats["requests"].get("PATCH /api/badges/ID", 0)


def open_jobs(kitchen: Stack) -> list[dict]:
    states = ["wait_dependencies", "pending", "enqueued", "started"]
    return kitchen.client.records("queue.job", [("state", "in", states)], [])


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"it took more than {SECONDS} seconds"
        time.sleep(0.1)
