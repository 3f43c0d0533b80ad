"""An outage of a machine: its jobs are on hold, and resume."""

from __future__ import annotations

import time

import requests

from setup.demo.stack import Stack

SECONDS = 180


def test_an_outage_costs_no_tries_and_ends_by_itself(
    kitchen: Stack, backend: int
) -> None:
    call, records = kitchen.client.call, kitchen.client.records
    before = max((job["id"] for job in records("queue.job", [], [])), default=0)
    unfinished = [("id", ">", before), ("state", "!=", "done")]
    make_contacts(kitchen, backend, 12)
    faults = f"{kitchen.machine.url}/admin/faults"
    requests.put(faults, json={"rate": 1, "kinds": ["drop"]}, timeout=30)
    action = call(
        "coffee.backend",
        "action_start_flow",
        [backend],
        context={"connector_flow": "recipes"},
    )

    def circuit_state() -> str:
        return call("coffee.backend", "read", [backend], ["circuit_state"])[0][
            "circuit_state"
        ]

    wait_for(lambda: circuit_state() == "open")
    # Longer than it would take to use up all attempts, if they counted.
    seen = calls(kitchen)
    wait_for(lambda: calls(kitchen) >= seen + 6)
    jobs = records("queue.job", unfinished, ["state", "retry", "exc_message"])
    assert not [job["exc_message"] for job in jobs if job["state"] == "failed"]
    assert len(jobs) >= 12
    assert max(job["retry"] for job in jobs) <= 3

    requests.delete(faults, timeout=30)
    wait_for(lambda: not records("queue.job", unfinished, []))
    assert circuit_state() == "closed"
    (run,) = call("connector.sync.run", "read", [action["res_id"]], ["state", "seen"])
    assert (run["state"], run["seen"]) == ("done", 5)
    badges = records(
        "coffee.res.partner", [("backend_id", "=", backend)], ["coffee_id"]
    )
    assert len({badge["coffee_id"] for badge in badges if badge["coffee_id"]}) == 12


def make_contacts(kitchen: Stack, backend: int, count: int) -> None:
    """Create contacts that each get a badge by a job."""
    call = kitchen.client.call
    (tag,) = call("res.partner.category", "create", [{"name": "Outage"}])
    call("coffee.backend", "write", [backend], {"partner_category_id": tag})
    call(
        "res.partner",
        "create",
        [
            {"name": f"Drinker {number}", "category_id": [(4, tag)]}
            for number in range(count)
        ],
    )


def calls(kitchen: Stack) -> int:
    stats = requests.get(f"{kitchen.machine.url}/admin/stats", timeout=30).json()
    return sum(stats["faults"].values())


def wait_for(condition, every: float = 0.2) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"it took more than {SECONDS} seconds"
        time.sleep(every)
