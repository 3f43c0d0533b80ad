"""Big synchronisations with a machine that fails at every fifth call."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from setup import ports
from setup.demo import options
from setup.demo.coffee_machine import CoffeeMachine
from setup.demo.stack import Stack
from setup.processes import Processes

from .test_outage import wait_for

BREWS, CONTACTS, BADGES = 2000, 500, 40
KINDS = ["error500", "rate_limit", "slow", "drop", "drop_after", "token_expired"]


@pytest.fixture
def big_machine(servers: Processes) -> CoffeeMachine:
    chosen = options.parse(["--recipes=20", f"--badges={BADGES}", f"--brews={BREWS}"])
    machine = CoffeeMachine(chosen, firmware=2, port=ports.any_free())
    machine.start(servers)
    return machine


@pytest.fixture
def failing(kitchen: Stack, big_machine: CoffeeMachine) -> Iterator[int]:
    """A backend for the machine, with a tag for the contacts who get a badge."""
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
    plan = {"rate": 0.2, "kinds": KINDS, "seed": 7, "retry_after": 1, "delay": 0.2}
    requests.put(f"{big_machine.url}/admin/faults", json=plan, timeout=30)
    runs = [
        call("coffee.backend", button, [failing])["res_id"]
        for button in ("action_import_brews", "action_export_badges")
    ]
    open_ones = [("id", "in", runs), ("state", "not in", ("done", "failed"))]
    wait_for(lambda: not records("connector.sync.run", open_ones, []), every=1)

    imported, exported = (counts(kitchen, run) for run in runs)
    assert imported == {"state": "done", "seen": BREWS, "created": BREWS}
    assert exported == {"state": "done", "seen": CONTACTS, "created": CONTACTS}
    jobs = records(
        "queue.job", [("sync_run_id", "in", runs)], ["state", "retry", "max_retries"]
    )
    assert {job["state"] for job in jobs} == {"done"}
    assert not [job for job in jobs if job["retry"] > job["max_retries"]]

    there = big_machine.data()
    stats = requests.get(f"{big_machine.url}/admin/stats", timeout=30).json()
    assert set(stats["faults"]) == set(KINDS)
    assert stats["writes"] == {"badges created": CONTACTS}
    here = records("coffee.brew", [("backend_id", "=", failing)], ["coffee_id"])
    assert sorted(brew["coffee_id"] for brew in here) == sorted(there["brews"])
    badges = records(
        "coffee.res.partner",
        [("backend_id", "=", failing)],
        ["coffee_id", "odoo_id"],
    )
    made = {
        badge["coffee_id"]: f"res.partner,{badge['odoo_id'][0]}" for badge in badges
    }
    refs = {id: badge["ref"] for id, badge in there["badges"].items() if badge["ref"]}
    assert len(refs) == len(set(refs.values())) == CONTACTS
    assert {id: made[id] for id in refs} == refs
    assert len(badges) <= CONTACTS + BADGES
    assert not records("connector.export.receipt", [("backend_id", "=", failing)], [])


def counts(kitchen: Stack, run: int) -> dict:
    """Return the state of a run and what it counted, zeros left out."""
    names = ["state", "seen", "created", "updated", "unchanged", "skipped", "failed"]
    (values,) = kitchen.client.call("connector.sync.run", "read", [run], names)
    return {name: values[name] for name in names if values[name]}
