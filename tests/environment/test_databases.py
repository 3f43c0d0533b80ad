"""Databases of tests are copies of a template."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from setup import databases
from setup.odoo_run import Runner


def test_a_database_comes_from_a_template_that_is_made_once(
    odoo: Runner,
    make_database: Callable[..., str],
    foreign_addon: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = make_database(["zz_try"])
    capsys.readouterr()
    second = make_database(["zz_try"])
    assert "template" not in capsys.readouterr().out
    for name in (first, second):
        assert databases.exists(name)
        assert any(databases.filestore(name).rglob("*"))
    databases.drop(first)
    assert not databases.exists(first)
    assert not databases.filestore(first).exists()
    assert any(databases.filestore(second).rglob("*")), "the other keeps its files"
