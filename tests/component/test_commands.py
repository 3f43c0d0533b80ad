"""``odoo component`` and ``odoo component_event``, as an administrator calls them."""

from __future__ import annotations

import json
import subprocess

import pytest

from setup import databases


@pytest.fixture(scope="module")
def database(odoo, postgresql):
    """A database with the test addon, for all tests of this file."""
    name = "suite_test_component_commands"
    databases.drop(name)
    databases.create(name, odoo, ["test_component"])
    subprocess.run(
        odoo.command(name, init=["test_component"], stop=True, log_level="warn"),
        env=odoo.environment(),
        check=True,
    )
    yield name
    databases.drop(name)


@pytest.fixture(scope="module")
def run(odoo, database):
    """Run a command on the database and return the finished process."""

    def run_command(command, subcommand, *arguments):
        python = odoo.program()[0]
        words = [python, "-m", "odoo", command, subcommand, "-d", database, *arguments]
        # Odoo looks for commands of addons before it reads the options
        env = {**odoo.environment(), "ODOO_RC": str(odoo.configuration())}
        return subprocess.run(
            words, env=env, capture_output=True, text=True, check=False
        )

    return run_command


def output(done):
    """Return what a command printed; it must have worked."""
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_components_are_listed_with_where_they_are_declared(run):
    lines = output(run("component", "list", "--usage", "mapper", "--mro")).splitlines()
    assert lines[0].split("  ")[0] == "component"
    text = "\n".join(lines)
    assert "test.component.recipe.mapper" in text
    assert "test.component.mapper (abstract)" in text
    assert "test_component/components/mapper.py:" in text
    assert "MapperWithStrength" in text
    assert "backend.adapter" not in text


def test_components_are_listed_as_json(run):
    arguments = ["--collection", "test.component.backend", "--json"]
    components = json.loads(output(run("component", "list", *arguments)))
    by_name = {component["name"]: component for component in components}
    mapper = by_name["test.component.mapper"]
    assert mapper["declared"]["addon"] == "test_component"
    assert mapper["declared"]["file"].endswith("test_component/components/mapper.py")
    assert mapper["declared"]["line"] > 0
    assert [one["python_class"] for one in mapper["extended"]] == ["MapperWithStrength"]
    assert mapper["mro"][0]["python_class"] == "MapperWithStrength"


def test_a_lookup_is_explained(run):
    question = ["test.component.backend", "test.component.recipe", "mapper"]
    text = output(run("component", "explain", *question))
    assert "Result: test.component.recipe.mapper" in text
    assert "accept (_component_match)" in text


def test_a_lookup_that_finds_nothing_is_explained_as_json(run):
    question = ["test.component.backend", "res.partner", "mapper", "--json"]
    resolution = json.loads(output(run("component", "explain", *question)))
    assert resolution["result"] is None
    assert resolution["near_misses"]["test.component.recipe.mapper"] == [
        "its _apply_on is test.component.recipe"
    ]
    assert "test.component.mapper" in [c["name"] for c in resolution["components"]]


def test_the_listeners_of_an_event_are_explained(run):
    text = output(
        run("component_event", "explain", "res.partner.industry", "on_record_create")
    )
    assert "Listeners: 1" in text
    assert "test.component.industry.listener" in text
    assert "test_component/components/listener.py:" in text
    assert "its _apply_on is test.component.recipe" in text


def test_listeners_are_listed_as_json(run):
    listeners = json.loads(
        output(run("component_event", "list", "test.component.recipe", "--json"))
    )
    assert {"on_record_create", "on_record_write", "on_poured"} <= {
        one["event"] for one in listeners
    }


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (
            "component explain test.component.backend res.nothing x",
            "no model res.nothing in database",
        ),
        (
            "component explain test.component.backend res.partner mapper --id 99999",
            "no record 99999 of test.component.backend",
        ),
        (
            "component explain collection.base res.partner mapper --id 1",
            "no record 1 of collection.base",
        ),
        ("component list --model res.nothing", "no model res.nothing in database"),
        ("component list --collection no.backend", "no model no.backend in database"),
        ("component list -d suite_test_no_such_database", "cannot be opened"),
        ("component_event explain res.partner paid", "must start with on_: 'paid'"),
        ("component_event list res.partner --event paid", "must start with on_"),
    ],
)
def test_a_wrong_argument_is_a_clear_refusal(run, arguments, complaint):
    done = run(*arguments.split())
    assert done.returncode == 2
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr
