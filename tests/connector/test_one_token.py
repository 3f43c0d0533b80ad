"""Four processes access a machine that keeps one token at a time, for five seconds."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from setup import ports
from setup.demo import options
from setup.demo.coffee_machine import CoffeeMachine
from setup.demo.stack import Stack
from setup.odoo_run import Runner
from setup.processes import Processes

PROCESSES, CALLS, SECONDS = 4, 250, 5
#: Sends the requests of one process; reports start, end and failures.
CALLER = """
import json, pathlib, time

def one_call():
    backend = env["coffee.backend"].browse({backend})
    with backend.work_on("coffee.product.product") as work:
        return work.component(usage="backend.adapter").read(1)

begun, failed = time.time(), []
for number in range({calls}):
    try:
        one_call()
    except Exception as error:
        failed.append(repr(error))
    env.cr.rollback()
    # So that some tokens end meanwhile.
    time.sleep(0.05)
report = {{"begun": begun, "ended": time.time(), "failed": failed}}
pathlib.Path({path!r}).write_text(json.dumps(report))
"""


@pytest.fixture
def machine(servers: Processes) -> CoffeeMachine:
    chosen = options.parse(["--recipes=1", "--badges=1", "--brews=1"])
    made = CoffeeMachine(chosen, firmware=2, port=ports.any_free())
    made.arguments += ["--one-token", f"--token-ttl={SECONDS}"]
    made.start(servers)
    return made


@pytest.fixture
def its_backend(kitchen: Stack, machine: CoffeeMachine) -> Iterator[int]:
    values = {
        "name": "One token",
        "location": machine.url,
        "username": "barista",
        "password": "espresso",
    }
    (made,) = kitchen.client.call("coffee.backend", "create", [values])
    yield made
    kitchen.client.call("coffee.backend", "write", [made], {"active": False})


def test_all_processes_share_each_token_until_it_ends(
    kitchen: Stack,
    machine: CoffeeMachine,
    its_backend: int,
    odoo: Runner,
    tmp_path: Path,
) -> None:
    database = kitchen.client.database
    reports = [tmp_path / f"process-{number}.json" for number in range(PROCESSES)]
    callers = [
        subprocess.Popen(
            [*odoo.program("shell"), f"--database={database}", "--no-http"],
            env=odoo.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=(tmp_path / f"{path.stem}.log").open("w"),
            text=True,
        )
        for path in reports
    ]
    try:
        for caller, path in zip(callers, reports, strict=True):
            values = {"backend": its_backend, "calls": CALLS, "path": str(path)}
            assert caller.stdin
            caller.stdin.write(CALLER.format(**values))
            caller.stdin.close()
        for caller in callers:
            assert caller.wait(180) == 0
    finally:
        for caller in callers:
            caller.kill()

    results = [json.loads(path.read_text()) for path in reports]
    assert [result["failed"] for result in results] == [[]] * PROCESSES
    stats = requests.get(f"{machine.url}/admin/stats", timeout=30).json()
    assert stats["statuses"]["200"] - logins(stats) == PROCESSES * CALLS
    took = max(r["ended"] for r in results) - min(r["begun"] for r in results)
    # A token is renewed after nine tenths of its lifetime.
    assert 2 <= logins(stats) <= took / (SECONDS * 0.9) + 1


def logins(stats: dict) -> int:
    return stats["requests"]["POST /api/login"]
