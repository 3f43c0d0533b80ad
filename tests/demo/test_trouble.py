"""What goes wrong in real life, with everything real: server, jobs, machine."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator

import pytest
import requests

from setup import databases, paths, ports, virtualenv
from setup.demo import options, stack
from setup.demo.client import OdooError
from setup.odoo_run import Runner
from setup.processes import Processes

SLOW = {"rate": 1, "kinds": ["slow"], "delay": 0.5}


def test_a_machine_that_goes_away_in_the_middle_of_an_import(
    start_demo: Callable, servers: Processes, tmp_path
) -> None:
    demo = start_demo()
    demo.wait_for("==> Creating the database")
    # slow, so that there is a middle
    requests.put(f"{demo.machine}/admin/faults", json=SLOW, timeout=30)
    demo.wait_for("Synchronizing")
    while "GET /api/recipes" not in stats(demo.machine)["requests"]:
        assert demo.process.poll() is None, demo.output()
        time.sleep(0.05)
    machine = demo.coffee_machine()
    command, folder = machine.cmdline(), machine.cwd()
    machine.kill()

    demo.wait_for("does not answer")
    demo.wait_for("jobs wait and will be tried again")
    (recipes,) = demo.query("SELECT count(*) FROM coffee_product_product")[0]
    assert recipes < 60
    half = """
        SELECT count(*) FROM coffee_product_product b
        LEFT JOIN product_product p ON p.id = b.odoo_id
        LEFT JOIN product_template t ON t.id = p.product_tmpl_id
        WHERE t.name IS NULL OR b.coffee_id IS NULL OR b.sync_date IS NULL
    """
    assert demo.query(half) == [(0,)]
    states = dict(demo.query("SELECT state, count(*) FROM queue_job GROUP BY state"))
    assert "failed" not in states
    assert demo.process.poll() is None

    server = servers.start("machine", command, tmp_path / "machine.log", cwd=folder)
    server.wait_until(lambda: responds(demo.machine), 60, "starting")
    demo.wait_for("The coffee machine is back")
    assert demo.ended() == 0, demo.output()
    # the demo has compared both sides; once more, without it
    twice = "SELECT coffee_id FROM {} GROUP BY coffee_id HAVING count(*) > 1"
    for table, count in (("coffee_product_product", 60), ("coffee_brew", 150)):
        assert demo.query(f"SELECT count(*) FROM {table}") == [(count,)]
        assert demo.query(twice.format(table)) == []
    refs = [badge["ref"] for badge in demo.machine_holds()["badges"] if badge["ref"]]
    assert len(refs) == len(set(refs))


def stats(machine: str) -> dict:
    return requests.get(f"{machine}/admin/stats", timeout=30).json()


def responds(machine: str) -> bool:
    try:
        return requests.get(f"{machine}/admin/stats", timeout=5).ok
    except requests.RequestException:
        return False


@pytest.fixture(scope="module")
def running(odoo: Runner, postgresql: dict[str, str]) -> Iterator[stack.Stack]:
    """The demo's servers, without its scenario."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("ODOO_PORT", str(ports.any_free()))
        patched.setenv("COFFEE_PORT", str(ports.any_free()))
        chosen = options.parse(
            ["--firmware=2", "--recipes=5", "--badges=2", "--brews=5"]
        )
    with stack.running(odoo, chosen) as servers:
        yield servers
    databases.drop(chosen.database)


@pytest.fixture
def locked_out(running: stack.Stack) -> int:
    """A backend with a wrong password."""
    (backend_id,) = running.client.call(
        "coffee.backend",
        "create",
        [
            {
                "name": "Locked out",
                "location": running.machine.url,
                "username": "barista",
                "password": "not my password",
                "firmware": "2",
            }
        ],
    )
    return backend_id


def logins(running: stack.Stack) -> int:
    return stats(running.machine.url)["requests"].get("POST /api/login", 0)


def test_a_wrong_password_is_said_by_the_connection_test(
    running: stack.Stack, locked_out: int
) -> None:
    before = logins(running)
    with pytest.raises(OdooError) as refused:
        running.client.call("coffee.backend", "action_test_connection", [locked_out])
    message = str(refused.value)
    assert "Check the user name and the password" in message
    assert "not my password" not in message
    assert "Traceback" not in message
    assert logins(running) == before + 1


def test_a_wrong_password_fails_the_jobs_once_and_in_words(
    running: stack.Stack, locked_out: int
) -> None:
    before = logins(running)
    call = running.client.call
    action = call(
        "coffee.backend",
        "action_start_flow",
        [locked_out],
        context={"connector_flow": "recipes"},
    )
    run = {}
    while run.get("state") not in ("done", "failed"):
        (run,) = call("connector.sync.run", "read", [action["res_id"]], ["state"])
        running.odoo.require_alive()
        time.sleep(0.1)
    assert run["state"] == "failed"
    jobs = running.client.records(
        "queue.job",
        [("sync_run_id", "=", action["res_id"])],
        ["state", "exc_message", "exc_info", "retry"],
    )
    assert [job["state"] for job in jobs] == ["failed"]
    assert "password" in jobs[0]["exc_message"]
    assert "not my password" not in str(jobs[0])
    assert jobs[0]["retry"] <= 1
    assert logins(running) == before + 1


def test_the_coffee_machine_can_be_started_as_the_demo_says(
    running: stack.Stack,
) -> None:
    """The command that the demo prints is taken by a shell."""
    message = running.machine.how_to_start()
    assert str(virtualenv.python()) in message
    assert str(paths.TESTS) in message
    done = subprocess.run(
        ["sh", "-c", f"{message} --help"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
