"""What is written from a public description is a connector that works."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from setup import paths

NAME = "connector_billingo"


def scaffold(folder: Path, file: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["scaffold", NAME, "--openapi", file, "--folder", folder, *words]
    return subprocess.run(
        [sys.executable, "-m", "setup", *map(str, command)],
        cwd=paths.CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def billingo(descriptions, tmp_path_factory) -> Path:
    """A folder with the connector that was written from a description."""
    folder = tmp_path_factory.mktemp("described")
    file = descriptions / "billingo.hu.json"
    done = scaffold(folder, file)
    assert done.returncode == 0, done.stderr
    assert f"imports res.partner, product.template:\n    make test ADDON={NAME}" in (
        done.stdout
    )
    command = f"make scaffold NAME={NAME} OPENAPI={file} MODEL=... RESOURCE=/documents"
    assert command in done.stdout
    return folder


def test_it_installs_and_its_contract_tests_pass(billingo, setup_command):
    done = setup_command("test", NAME, ADDONS_PATH=str(billingo))
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(rf"^ +{NAME}: \d+ tests$", done.stdout, re.MULTILINE)
    assert "skipped" not in done.stdout


@pytest.mark.parametrize("command", [("check",), ("format", "--check", "--diff")])
def test_it_passes_the_lint(billingo, command):
    tool = [sys.executable, "-m", "setup.tool", "ruff", *command]
    done = subprocess.run(
        [*tool, "--config", ".ruff.toml", str(billingo / NAME)],
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
