"""``make demo``: a whole sync, true on both sides, and nothing left behind."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import requests

from setup import ports
from setup.demo import checks, follow, options, report, stack
from setup.errors import SetupError
from setup.processes import Processes

COUNTERS = dict.fromkeys(follow.COUNTERS, 0)


@pytest.mark.parametrize(("firmware", "machines"), [(0, 2), (1, 1)])
def test_the_demo_synchronizes_both_ways_and_shows_the_figures(
    start_demo: Callable, firmware: int, machines: int
) -> None:
    demo = start_demo(firmware=firmware)
    code = demo.ended()
    output = demo.output()
    assert code == 0, output
    assert output.count("connection test: ") == machines
    same = "Odoo's database and the coffee machine hold the same"
    assert output.count(same) == machines
    for version in (1, 2) if machines == 2 else (firmware,):
        assert f", firmware {version}\n" in output, "in the answer of the machine"
    (recipes,) = demo.query("SELECT count(*) FROM coffee_product_product")[0]
    (brews,) = demo.query("SELECT count(*) FROM coffee_brew")[0]
    assert (recipes, brews) == (60 * machines, 150 * machines)
    jobs = dict(demo.query("SELECT state, count(*) FROM queue_job GROUP BY state"))
    assert set(jobs) == {"done"}
    assert "asked created updated failed" in output
    for title, count in (
        ("Recipes to Odoo", "60"),
        ("Badges to the machine", "4"),
        ("Brews to Odoo", "150"),
    ):
        last = next(
            x.strip() for x in reversed(demo.lines) if x.strip().startswith(title)
        )
        figures = last.removeprefix(title).split()
        assert figures[:4] == [count, count, "0", "0"], (
            "asked, created, updated, failed"
        )
        assert figures[5] == "0", "failed jobs"


def test_serving_stays_until_ctrl_c_and_says_how_to_get_in(
    start_demo: Callable,
) -> None:
    demo = start_demo("serve")
    demo.wait_for("Ctrl-C stops everything")
    output = demo.output()
    assert f"http://127.0.0.1:{demo.odoo_port}" in output
    assert "log in as admin with the password admin" in output
    page = requests.get(f"http://127.0.0.1:{demo.odoo_port}/web/login", timeout=60)
    assert page.status_code == 200
    running = demo.descendants()
    assert running
    demo.process.send_signal(signal.SIGINT)
    assert demo.ended() == 0
    assert not psutil.wait_procs(running, timeout=30)[1]


def test_ctrl_c_in_the_middle_stops_everything(start_demo: Callable) -> None:
    demo = start_demo()
    demo.wait_for("==> Starting Odoo")
    running = demo.descendants()
    assert len(running) >= 1
    demo.process.send_signal(signal.SIGINT)
    assert demo.ended() == 130, demo.output()
    assert not psutil.wait_procs(running, timeout=30)[1]
    for port in (demo.odoo_port, demo.coffee_port):
        ports.require_free(port, "", "")


@pytest.mark.parametrize("variable", ["ODOO_PORT", "COFFEE_PORT"])
def test_a_taken_port_stops_the_demo_before_it_begins(
    variable: str, setup_command: Callable, postgresql: dict[str, str]
) -> None:
    with socket.socket() as taken:
        taken.bind((ports.HOST, 0))
        taken.listen()
        number = taken.getsockname()[1]
        free = {"ODOO_PORT": ports.any_free(), "COFFEE_PORT": ports.any_free()}
        env = {name: str(value) for name, value in {**free, variable: number}.items()}
        done = setup_command("demo", **env)
    assert done.returncode == 1
    assert f"port {number} is taken" in done.stderr
    assert f"{variable}={number + 1}" in done.stderr
    assert "Starting" not in done.stdout


def test_one_port_for_both_is_refused(setup_command: Callable) -> None:
    number = str(ports.any_free())
    done = setup_command("demo", ODOO_PORT=number, COFFEE_PORT=number)
    assert done.returncode == 1
    assert f"ODOO_PORT and COFFEE_PORT are both {number}" in done.stderr
    assert "Starting" not in done.stdout


def test_a_demo_without_a_contact_to_rename_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        options.parse(["--contacts=0"])
    assert "--contacts is 1 or more" in capsys.readouterr().err


@pytest.mark.parametrize(("command", "stay"), [("demo", False), ("serve", True)])
def test_the_help_names_the_command_and_the_ports(
    capsys: pytest.CaptureFixture[str], command: str, stay: bool
) -> None:
    with pytest.raises(SystemExit):
        options.parse(["--help"], stay=stay)
    output = capsys.readouterr().out
    assert output.startswith(f"usage: make {command} ")
    assert "ODOO_PORT" in output
    assert "COFFEE_PORT" in output


def test_who_does_not_answer_is_said_in_one_line(
    servers: Processes, tmp_path: Path
) -> None:
    url = f"http://127.0.0.1:{ports.any_free()}/admin/data"
    odoo = servers.start("Odoo", ["sleep", "1000"], tmp_path / "odoo.log")
    with pytest.raises(SetupError, match=f"^no answer from {url};"):
        with stack.responses_expected(odoo):
            requests.get(url, timeout=5)
    odoo.process.kill()
    odoo.process.wait()
    with pytest.raises(SetupError, match=r"^Odoo ended by itself"):
        with stack.responses_expected(odoo):
            requests.get(url, timeout=5)


def figures(**changes: object) -> follow.Figures:
    good = follow.Figures("Recipes", "done", "", dict(COUNTERS), {"done": 3}, 1.0)
    for name, value in changes.items():
        setattr(good, name, value)
    return good


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "failed"},
        {"counts": {**COUNTERS, "failed": 1}},
        {"jobs": {"done": 2, "failed": 1}},
        {"jobs": {"done": 2, "pending": 1}},
        {"jobs": {}},
    ],
)
def test_whatever_is_not_done_is_not_good(changes: dict) -> None:
    assert figures().is_good
    assert not figures(**changes).is_good


def test_a_failure_says_what_the_run_says(capsys: pytest.CaptureFixture[str]) -> None:
    failed = figures(state="failed", message="3 failed: see the details.")
    assert not report.show(follow.Console(), [failed], [])
    assert "Recipes: 3 failed: see the details." in capsys.readouterr().out


class FakeClient:
    """Answers with records that the test chose."""

    def __init__(self, **records: list[dict]) -> None:
        self._records = records

    def records(self, model: str, _domain: list, _fields: list) -> list[dict]:
        return self._records[model.replace(".", "_")]


def both_sides() -> tuple[dict, dict]:
    odoo = {
        "coffee_product_product": [
            {
                "id": 7,
                "coffee_id": 1,
                "name": "Mocha",
                "list_price": 1.2,
                "active": True,
            }
        ],
        "coffee_res_partner": [
            {
                "id": 8,
                "coffee_id": 2,
                "odoo_id": [5, "Ada"],
                "name": "Ada",
                "email": "ada@example.com",
            }
        ],
        "coffee_brew": [
            {
                "coffee_id": 3,
                "recipe_id": [7, "Mocha"],
                "badge_id": [8, "Ada"],
                "price": 1.2,
            }
        ],
    }
    price = {"amount": 120, "currency": "EUR"}
    ada = {"name": "Ada", "email": "ada@example.com"}
    machine = {
        "recipes": {1: {"id": 1, "name": "Mocha", "price": price, "active": True}},
        "badges": {2: {"id": 2, "holder": ada}},
        "brews": {
            3: {"id": 3, "recipe": {"id": 1}, "badge": {"id": 2}, "price": price}
        },
    }
    return odoo, machine


def compare(odoo: dict, machine: dict) -> list[str]:
    return checks.differences(FakeClient(**odoo), 1, [5], machine, badges_before=0)


def test_two_equal_sides_have_no_difference() -> None:
    assert compare(*both_sides()) == []


def test_each_difference_is_found() -> None:
    odoo, machine = both_sides()
    odoo["coffee_product_product"][0]["list_price"] = 1.3
    assert compare(odoo, machine)[0].startswith("recipe 1: Odoo ('Mocha', 130, True)")
    odoo, machine = both_sides()
    odoo["coffee_brew"] *= 2
    assert compare(odoo, machine) == ["brew 3 is in Odoo 2 times"]
    odoo, machine = both_sides()
    odoo["coffee_brew"] = []
    assert compare(odoo, machine) == ["brew 3 is missing in Odoo"]
    odoo, machine = both_sides()
    machine["brews"] = {}
    assert compare(odoo, machine) == ["brew 3 is not on the machine"]
    odoo, machine = both_sides()
    machine["badges"][9] = machine["badges"][2]
    assert compare(odoo, machine) == ["the machine has 2 badges, not 1"]
    odoo, machine = both_sides()
    odoo["coffee_res_partner"][0]["name"] = "Grace"
    assert compare(odoo, machine)[0].startswith("badge 2: Grace")
    odoo, machine = both_sides()
    machine["badges"] = {}
    assert "contact 5 has no badge on the machine" in compare(odoo, machine)
