"""Fixtures of the setup's own tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

MANIFEST = """{
    "name": "Try",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Tests",
    "depends": ["base"],
}
"""
TESTS = """
import logging
import unittest

from odoo.tests import TransactionCase


class TestTry(TransactionCase):
    def test_good(self):
        self.assertTrue(self.env["ir.module.module"]._get("zz_try").id)

    @unittest.skip("the grinder is missing")
    def test_skipped(self):
        pass
"""


@pytest.fixture
def scratch_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder, in this process and those it starts."""
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setenv("CONNECTOR_SUITE_CACHE", str(folder))
    monkeypatch.delenv("CONNECTOR_SUITE_READY", raising=False)
    monkeypatch.delenv("ODOO_HOME", raising=False)
    return folder


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Put programs of the test's own first on the PATH: ``programs(git="exit 1")``.

    With ``alone=True`` the PATH holds nothing else than a shell's basics.
    """
    folder = tmp_path / "bin"
    folder.mkdir()

    def write(*, alone: bool = False, **scripts: str) -> Path:
        for name, script in scripts.items():
            program = folder / name.replace("_", "-")
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o755)
        rest = [] if alone else [os.environ["PATH"]]
        monkeypatch.setenv("PATH", os.pathsep.join([str(folder), *rest]))
        return folder

    return write


@pytest.fixture
def foreign_addon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An addon outside of the checkout, on the addons path."""
    folder = tmp_path / "more" / "zz_try"
    (folder / "tests").mkdir(parents=True)
    (folder / "__manifest__.py").write_text(MANIFEST)
    (folder / "__init__.py").write_text("")
    (folder / "tests" / "__init__.py").write_text("from . import test_try\n")
    (folder / "tests" / "test_try.py").write_text(TESTS)
    monkeypatch.setenv("ADDONS_PATH", str(folder.parent))
    return folder
