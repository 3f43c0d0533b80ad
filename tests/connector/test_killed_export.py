"""An export whose process is killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
import requests

from setup import databases, paths, ports
from setup.demo import options, stack
from setup.demo.client import OdooError
from setup.odoo_run import Runner
from setup.processes import Processes


def test_a_record_is_created_once_although_the_export_is_killed_before_it_knows(
    odoo: Runner,
    postgresql: dict[str, str],
    servers: Processes,
    line,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path,
) -> None:
    monkeypatch.setenv("ODOO_PORT", str(ports.any_free()))
    monkeypatch.setenv("COFFEE_PORT", str(ports.any_free()))
    chosen = options.parse(
        ["--firmware=2", "--recipes=1", "--badges=0", "--brews=0", "--workers=0"]
    )
    try:
        with stack.running(odoo, chosen) as running:
            line.machine = running.machine.url
            line.hold = ("POST", "/api/badges")
            contact = make_contact(running.client, line.url)
            assert line.held.wait(120), "the machine has created the badge"
            os.killpg(running.odoo.process.pid, signal.SIGKILL)
            running.odoo.process.wait()
            line.release()

            assert len(running.machine.data()["badges"]) == 1
            start_again(odoo, servers, chosen, tmp_path)
            badge = until(lambda: exported_badge(running.client, contact))
            (made,) = running.machine.data()["badges"].values()
            assert made["id"] == badge["coffee_id"]
            assert made["ref"] == f"res.partner,{contact}"
            assert running.client.records("connector.export.receipt", [], []) == []
    finally:
        databases.drop(chosen.database)


def make_contact(client, location: str) -> int:
    """Create a backend, and a contact that gets a badge by a job."""
    (tag,) = client.call("res.partner.category", "create", [{"name": "Coffee"}])
    client.call(
        "coffee.backend",
        "create",
        [
            {
                "name": "Kitchen",
                "location": location,
                "username": "barista",
                "password": "espresso",
                "firmware": "2",
                "partner_category_id": tag,
            }
        ],
    )
    values = {"name": "Ada Lovelace", "category_id": [(4, tag)]}
    (contact,) = client.call("res.partner", "create", [values])
    return contact


def start_again(
    odoo: Runner, servers: Processes, chosen: options.Options, tmp_path
) -> None:
    """Start Odoo again as it was."""
    servers.start(
        "Odoo, once more",
        odoo.command(
            chosen.database,
            options=[
                f"--http-port={chosen.odoo_port}",
                "--max-cron-threads=1",
                "--load=base,rpc,web,queue_job",
            ],
        ),
        tmp_path / "odoo.log",
        env=odoo.environment(),
        cwd=paths.cache(),
    )


def exported_badge(client, contact: int) -> dict | None:
    """Return the binding of a contact once it is exported."""
    client.login()
    found = client.records(
        "coffee.res.partner", [("odoo_id", "=", contact)], ["coffee_id", "sync_date"]
    )
    return found[0] if found and found[0]["sync_date"] else None


def until(call: Callable, seconds: float = 120):
    """Return the result of a call, once Odoo responds and it returns something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(requests.RequestException, OdooError):
            if found := call():
                return found
        time.sleep(0.2)
    raise AssertionError(f"it took more than {seconds} seconds")
