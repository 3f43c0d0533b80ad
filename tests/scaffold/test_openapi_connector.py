"""What is written from a public description is a connector that works."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from setup import paths

NAME = "connector_billingo"
#: Another one, with another paging.
OTHER = "connector_stripe"


def scaffold(
    folder: Path, file: Path, *words: str, name: str = NAME
) -> subprocess.CompletedProcess[str]:
    command = ["scaffold", name, "--openapi", file, "--folder", folder, *words]
    return subprocess.run(
        [sys.executable, "-m", "setup", *map(str, command)],
        cwd=paths.CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def billingo(descriptions, tmp_path_factory) -> Path:
    """A folder with the connectors that were written from descriptions."""
    folder = tmp_path_factory.mktemp("described")
    file = descriptions / "billingo.hu.json"
    done = scaffold(folder, file)
    assert done.returncode == 0, done.stderr
    assert f"imports res.partner, product.template:\n    make test ADDON={NAME}" in (
        done.stdout
    )
    command = f"make scaffold NAME={NAME} OPENAPI={file} MODEL=... RESOURCE=/documents"
    assert command in done.stdout
    done = scaffold(folder, descriptions / "stripe.com.json", name=OTHER)
    assert done.returncode == 0, done.stderr
    return folder


def test_they_install_and_their_contract_tests_pass(billingo, setup_command):
    done = setup_command("test", f"{NAME},{OTHER}", ADDONS_PATH=str(billingo))
    assert done.returncode == 0, done.stdout + done.stderr
    for name in (NAME, OTHER):
        assert re.search(rf"^ +{name}: \d+ tests$", done.stdout, re.MULTILINE)
    assert "skipped" not in done.stdout


@pytest.mark.parametrize("command", [("check",), ("format", "--check", "--diff")])
def test_they_pass_the_lint(billingo, command):
    tool = [sys.executable, "-m", "setup.tool", "ruff", *command]
    done = subprocess.run(
        [*tool, "--config", ".ruff.toml", str(billingo)],
        cwd=paths.CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--template", "rest"], "TEMPLATE and OPENAPI exclude each other"),
        (["--resource", "/documents"], "say which model of Odoo /documents is"),
        (["--resource", "/nothing"], "has no list /nothing; it has /bank-accounts"),
        (["--model", "res.partnr"], "did you mean res.partner?"),
        (["--model", "res.bank"], "choose one"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_written(
    descriptions, tmp_path, words, message
):
    done = scaffold(tmp_path, descriptions / "billingo.hu.json", *words)
    assert done.returncode
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []
