"""A missing or old Node is an error of one line that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from .node import NoNode, require_node


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder that programs are looked up in."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def write_program(path: Path, prints: str) -> None:
    path.write_text(f"#!/bin/sh\necho {prints}\n")
    path.chmod(0o755)


def test_a_missing_node_is_one_line(programs: Path) -> None:
    with pytest.raises(NoNode, match="needs Node 20 or newer with npm: install it"):
        require_node()


def test_a_node_without_npm_is_one_line(programs: Path) -> None:
    write_program(programs / "node", "v22.1.0")
    with pytest.raises(NoNode, match="with npm"):
        require_node()


@pytest.mark.parametrize("version", ["v18.20.4", "nothing"])
def test_an_old_node_is_named(programs: Path, version: str) -> None:
    write_program(programs / "node", version)
    write_program(programs / "npm", "10.0.0")
    with pytest.raises(NoNode, match=f"{programs}/node is {version}: .*Node 20"):
        require_node()


@pytest.mark.parametrize("version", ["v20.0.0", "v24.3.1"])
def test_a_new_node_is_taken(programs: Path, version: str) -> None:
    write_program(programs / "node", version)
    write_program(programs / "npm", "10.0.0")
    assert require_node() == str(programs / "node")
