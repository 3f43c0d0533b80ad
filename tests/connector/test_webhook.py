"""The machine sends a webhook for a brew, from one real server to the other."""

from __future__ import annotations

import time
from collections.abc import Callable

import requests

from setup.demo.stack import Stack

SECONDS = 120


def test_a_brew_is_known_in_odoo_without_asking_and_once(
    kitchen: Stack, backend: int
) -> None:
    call, records = kitchen.client.call, kitchen.client.records
    call("coffee.backend", "action_register_webhook", [backend])
    before = machine_stats(kitchen)["requests"].get("GET /api/brews", 0)

    brew = pour(kitchen)
    of_brew = [("coffee_id", "=", brew), ("backend_id", "=", backend)]
    (imported,) = until(lambda: records("coffee.brew", of_brew, ["badge_id"]))
    assert imported["badge_id"]
    assert machine_stats(kitchen)["requests"].get("GET /api/brews", 0) == before

    # A machine that did not receive our response delivers again.
    delivered = machine_stats(kitchen)["webhooks"]["delivered"]
    requests.post(f"{kitchen.machine.url}/admin/deliver-again", timeout=30)
    until(lambda: machine_stats(kitchen)["webhooks"]["delivered"] > delivered)
    mine = [("endpoint_id.backend_id", "=", backend)]
    events = records("connector.webhook.event", mine, ["state", "job_id"])
    assert [event["state"] for event in events] == ["done"]
    assert len(records("coffee.brew", of_brew, [])) == 1


def test_the_address_is_in_no_log(kitchen: Stack, backend: int) -> None:
    kitchen.client.call("coffee.backend", "action_register_webhook", [backend])
    pour(kitchen)
    until(lambda: "/connector/webhook/***" in log(kitchen))
    hooks = as_barista(kitchen, "GET", "/api/webhooks")["items"]
    for hook in hooks:
        assert hook["url"].rpartition("/")[2] not in log(kitchen)


def log(kitchen: Stack) -> str:
    return kitchen.odoo.log.read_text(errors="replace")


def machine_stats(kitchen: Stack) -> dict:
    return requests.get(f"{kitchen.machine.url}/admin/stats", timeout=30).json()


def as_barista(kitchen: Stack, method: str, path: str, **kwargs) -> dict:
    """Use the machine as a person in front of it."""
    url = kitchen.machine.url
    login = {"user": "barista", "password": "espresso"}
    token = requests.post(f"{url}/api/login", json=login, timeout=30).json()["token"]
    response = requests.request(
        method,
        url + path,
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
        **kwargs,
    )
    response.raise_for_status()
    return response.json()


def pour(kitchen: Stack) -> int:
    """Brew a coffee; return its ID."""
    active = {
        name: next(
            record["id"]
            for record in as_barista(kitchen, "GET", f"/api/{name}")["items"]
            if record["active"]
        )
        for name in ("recipes", "badges")
    }
    brew = {"recipe_id": active["recipes"], "badge_id": active["badges"]}
    return as_barista(kitchen, "POST", "/api/brews", json=brew)["id"]


def until(call: Callable, seconds: float = SECONDS):
    """Return the result of a call, once it returns something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := call():
            return found
        time.sleep(0.1)
    raise AssertionError(f"it took more than {seconds} seconds")
