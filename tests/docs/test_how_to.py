"""The how-to pages and the concepts, followed on top of the tutorial's addon.

Files they show become part of that addon, which is installed and tested in one go; what
they type into Odoo's shell is typed, page by page, and must print what the page says.
"""

from __future__ import annotations

import json
import re
import subprocess
import uuid
from collections.abc import Iterator, Sequence

import pytest

from coffee_machine.running import running
from setup import databases, odoo_run, paths, ports, virtualenv

from . import blocks

PAGES = [
    *sorted((blocks.DOCS / "howto").glob("*.md")),
    *(blocks.DOCS / name for name in ("concepts.md", "reliability.md")),
]
TUTORIAL = blocks.DOCS / "tutorial.md"
# read by Odoo's shell; what a page has done is undone after it
TYPE = """
import contextlib, io, json, traceback
env["espresso.backend"].create({{
    "name": "Kitchen",
    "location": {location!r},
    "username": "barista",
    "password": "espresso",
}})
printed = {{}}
for page in {pages!r}:
    names = {{"env": env}}
    with contextlib.suppress(ZeroDivisionError), env.cr.savepoint():
        for name, code in page:
            output = io.StringIO()
            try:
                with contextlib.redirect_stdout(output):
                    exec(compile(code, name, "exec"), names)
            except Exception:
                output.write(traceback.format_exc())
            printed[name] = output.getvalue()
        0 / 0
    env.invalidate_all()
print("PRINTED " + json.dumps(printed))
"""


@pytest.fixture(scope="module")
def kitchen() -> Iterator[str]:
    """The address of a coffee machine."""
    with running(recipes=120, badges=5, brews=10) as device:
        yield device.url


@pytest.fixture(scope="module")
def database(
    postgresql: dict[str, str],
    odoo: odoo_run.Runner,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """A database with the addon of all pages, whose tests have passed."""
    folder = tmp_path_factory.mktemp("addons")
    for page in (TUTORIAL, *PAGES):
        for block in blocks.of_page(page):
            if block.file:
                blocks.write_file(folder, block)
    name = f"suite_test_{uuid.uuid4().hex[:8]}"
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("ADDONS_PATH", str(folder))
            databases.create(name, odoo, ["connector_coffee"])
            log = _run(
                odoo.command(
                    name,
                    init=["connector_espresso"],
                    options=[
                        *("--stop-after-init", "--test-tags=/connector_espresso"),
                        f"--http-port={ports.any_free()}",
                    ],
                ),
                odoo,
            )
            ran = re.search(r" 0 failed, 0 error\(s\) of (\d+) tests", log)
            assert ran, log
            # the tutorial's and the pages', those of the contracts among them
            assert int(ran[1]) > 20
            yield name
    finally:
        databases.drop(name)


def test_what_the_pages_type_prints_what_they_say(
    database: str, odoo: odoo_run.Runner, kitchen: str
):
    typed, expected = [], {}
    for page in PAGES:
        script: list[tuple[str, str]] = []
        for block in blocks.of_page(page):
            if block.name.startswith("shell-"):
                script.append((block.name, block.code))
            elif block.name.startswith("output-"):
                expected[script[-1][0]] = block.code.strip()
        typed.append(script)
    command = [*odoo.program("shell"), f"--database={database}", "--no-http"]
    log = _run(command, odoo, TYPE.format(location=kitchen, pages=typed))
    printed = json.loads(log.split("PRINTED ")[1].splitlines()[0])
    assert {name: text.strip() for name, text in printed.items()} == expected


def test_the_queue_tells_the_figures_that_the_guide_names(
    database: str, odoo: odoo_run.Runner
):
    (expected,) = (
        json.loads(block.code)
        for block in blocks.of_page(blocks.DOCS / "operating.md")
        if block.language == "json"
    )
    command = [virtualenv.python(), "-m", "odoo", "queue", "status", "--json"]
    rc = {**odoo.environment(), "ODOO_RC": str(odoo.configuration())}
    done = subprocess.run(
        [*command, f"--database={database}"],
        env=rc,
        cwd=paths.cache(),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found.keys() == expected.keys()
    assert found["channels"]["root"].keys() == expected["channels"]["root"].keys()


def _run(command: Sequence, odoo: odoo_run.Runner, script: str = "") -> str:
    done = subprocess.run(
        command,
        input=script,
        cwd=paths.cache(),
        env=odoo.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
