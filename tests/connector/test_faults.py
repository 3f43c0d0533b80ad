"""Large synchronizations with a machine that fails at every fifth request."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
import requests

from setup import ports
from setup.demo import options
from setup.demo.coffee_machine import CoffeeMachine
from setup.demo.stack import Stack
from setup.processes import Processes

from .test_outage import wait_for

BREWS, CONTACTS, BADGES = 2000, 500, 40
RECIPES = 20
KINDS = [
    *("error500", "rate_limit", "slow", "drop", "drop_after", "token_expired"),
    *("maintenance", "drip", "bom", "text_type", "short_page", "no_content"),
]
#: Number of requests after which the kind of fault changes.
TURN = 30


@pytest.fixture
def big_machine(servers: Processes) -> CoffeeMachine:
    chosen = options.parse(
        [f"--recipes={RECIPES}", f"--badges={BADGES}", f"--brews={BREWS}"]
    )
    machine = CoffeeMachine(chosen, firmware=2, port=ports.any_free())
    machine.arguments.append("--one-token")
    machine.start(servers)
    return machine


@pytest.fixture
def failing(kitchen: Stack, big_machine: CoffeeMachine) -> Iterator[int]:
    """A backend for the machine, with a badge tag."""
    call = kitchen.client.call
    (tag,) = call("res.partner.category", "create", [{"name": "Drinkers"}])
    (made,) = call(
        "coffee.backend",
        "create",
        [
            {
                "name": "Failing machine",
                "location": big_machine.url,
                "username": "barista",
                "password": "espresso",
                "partner_category_id": tag,
            }
        ],
    )
    call(
        "res.partner",
        "create",
        [
            {"name": f"Drinker {number}", "category_id": [(4, tag)]}
            for number in range(CONTACTS)
        ],
        context={"connector_no_export": True},
    )
    yield made
    call("coffee.backend", "write", [made], {"active": False})


def test_all_arrives_once_although_every_fifth_call_fails(
    kitchen: Stack, big_machine: CoffeeMachine, failing: int
) -> None:
    call, records = kitchen.client.call, kitchen.client.records
    with faults_in_turn(big_machine):
        runs = [
            call(
                "coffee.backend",
                "action_start_flow",
                [failing],
                context={"connector_flow": flow},
            )["res_id"]
            for flow in ("brews", "badges")
        ]
        open_ones = [("id", "in", runs), ("state", "in", ("pending", "running"))]
        wait_for(lambda: not records("connector.sync.run", open_ones, []), every=1)

    imported, exported = (counts(kitchen, run) for run in runs)
    # Records at the end of a page may be repeated on the next one.
    assert imported.pop("seen") >= BREWS
    imported.pop("unchanged", None)
    assert imported == {"state": "done", "created": BREWS}
    assert exported == {"state": "done", "seen": CONTACTS, "created": CONTACTS}
    jobs = records(
        "queue.job", [("sync_run_id", "in", runs)], ["state", "retry", "max_retries"]
    )
    assert {job["state"] for job in jobs} == {"done"}
    assert not [job for job in jobs if job["retry"] > job["max_retries"]]

    stats = requests.get(f"{big_machine.url}/admin/stats", timeout=30).json()
    assert set(stats["faults"]) == set(KINDS)
    assert stats["writes"] == {"badges created": CONTACTS}
    ideal = BREWS / 50 + RECIPES + BADGES + CONTACTS
    assert sum(stats["requests"].values()) < 2 * ideal
    data = big_machine.data()
    assert brews_of(kitchen, failing) == {
        brew["id"]: (
            brew["recipe"]["id"],
            brew["badge"]["id"],
            brew["price"]["amount"],
            brew["brewed_at"],
        )
        for brew in data["brews"].values()
    }
    badges = records(
        "coffee.res.partner", [("backend_id", "=", failing)], ["coffee_id", "odoo_id"]
    )
    made = {
        badge["coffee_id"]: (f"res.partner,{badge['odoo_id'][0]}", badge["odoo_id"][1])
        for badge in badges
    }
    refs = {
        id: (badge["ref"], badge["holder"]["name"])
        for id, badge in data["badges"].items()
        if badge["ref"]
    }
    assert len(refs) == len(set(refs.values())) == CONTACTS
    assert {id: made[id] for id in refs} == refs
    assert len(badges) <= CONTACTS + BADGES
    assert not records("connector.export.receipt", [("backend_id", "=", failing)], [])


@contextmanager
def faults_in_turn(machine: CoffeeMachine) -> Iterator[None]:
    """Make every fifth request fail with one kind of fault, changing after some
    requests."""
    done = threading.Event()

    def call_admin(method: Callable, path: str, **kwargs) -> dict:
        return method(f"{machine.url}/admin/{path}", timeout=30, **kwargs).json()

    def calls() -> int:
        return sum(call_admin(requests.get, "stats")["requests"].values())

    def take_turns() -> None:
        turn = 0
        while not done.is_set():
            kind = KINDS[turn % len(KINDS)]
            plan = {"rate": 0.2, "kinds": [kind], "seed": turn}
            waits = {"retry_after": 1, "delay": 0.2}
            call_admin(requests.put, "faults", json={**plan, **waits})
            until, turn = calls() + TURN, turn + 1
            while calls() < until and not done.wait(0.1):
                pass

    thread = threading.Thread(target=take_turns)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def brews_of(kitchen: Stack, backend: int) -> dict[int, tuple]:
    """Return the imported brews in the format of the machine, by its IDs."""
    records = kitchen.client.records
    here = [("backend_id", "=", backend)]
    recipes, badges = (
        {rec["id"]: rec["coffee_id"] for rec in records(model, here, ["coffee_id"])}
        for model in ("coffee.product.product", "coffee.res.partner")
    )
    names = ["coffee_id", "recipe_id", "badge_id", "price", "brewed_at"]
    return {
        brew["coffee_id"]: (
            recipes[brew["recipe_id"][0]],
            badges[brew["badge_id"][0]],
            round(brew["price"] * 100),
            datetime.fromisoformat(brew["brewed_at"]).strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
        for brew in records("coffee.brew", here, names)
    }


def counts(kitchen: Stack, run: int) -> dict:
    """Return the state and the nonzero counters of a run."""
    names = ["state", "seen", "created", "updated", "unchanged", "skipped", "failed"]
    (values,) = kitchen.client.call("connector.sync.run", "read", [run], names)
    return {name: values[name] for name in names if values[name]}
