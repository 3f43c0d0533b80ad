"""``make test`` tells the truth: what ran, what failed, what was left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from setup import addons, databases
from setup.odoo_run import Runner
from setup.testing import python_tests
from setup.testing.result import Result, conclude

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
WARNING = """
    def test_with_a_warning(self):
        logging.getLogger("odoo.addons.zz_try").warning("the beans are old")
"""


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


def test_one_addon_from_anywhere_is_tested_on_real_odoo(
    foreign_addon: Path, postgresql: dict[str, str], setup_command: Callable
) -> None:
    done = setup_command("test", "zz_try", CI="")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert "    zz_try: 2 tests" in lines
    assert "SKIPPED TestTry.test_skipped: the grinder is missing" in lines
    assert lines[-1] == "tests: 1 passed, 0 failed, 1 skipped"


def test_one_test_runs_by_its_name(
    foreign_addon: Path, postgresql: dict[str, str], setup_command: Callable
) -> None:
    tag = "/zz_try:TestTry.test_good"
    done = setup_command("test", "--tags", tag, CI="true")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert "    zz_try: 1 tests" in lines
    assert lines[-1] == "tests: 1 passed, 0 failed"


def test_in_ci_a_warning_in_the_log_and_a_skipped_test_fail_the_run(
    foreign_addon: Path, postgresql: dict[str, str], setup_command: Callable
) -> None:
    with (foreign_addon / "tests" / "test_try.py").open("a") as tests:
        tests.write(WARNING)
    done = setup_command("test", "zz_try", CI="true")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert (
        "FAILED unexpected in the log: WARNING odoo.addons.zz_try: the beans are old"
    ) in lines
    # the warning, and the skipped one
    assert lines[-1] == "tests: 2 passed, 2 failed"


def test_an_unknown_addon_names_those_there_are(
    postgresql: dict[str, str], setup_command: Callable
) -> None:
    done = setup_command("test", "conector")
    assert done.returncode == 1
    assert "no addon conector: there are " in done.stderr
    assert "ADDONS_PATH" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_summary_adds_both_runners(capsys: pytest.CaptureFixture[str]) -> None:
    skipped = [("test_x", "no chromium")]
    results = [Result(passed=3, skipped=skipped), Result(passed=4)]
    assert conclude(results, 1, strict=False) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "SKIPPED test_x: no chromium"
    assert said[-1] == "tests: 7 passed, 0 failed, 1 skipped"


def test_in_ci_a_skipped_test_counts_as_failed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    result = Result(passed=3, skipped=[("test_x", "no chromium")])
    assert conclude([result], 1, strict=True) == 1
    assert capsys.readouterr().out.endswith("tests: 3 passed, 1 failed\n")


def test_no_test_at_all_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert conclude([Result()], 1, strict=False) == 1
    assert capsys.readouterr().out.endswith("tests: 0 passed, 1 failed\n")


def test_pytests_report_is_counted(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        """<testsuites><testsuite>
        <testcase classname="a" name="good"/>
        <testcase classname="a" name="bad"><failure message="x"/></testcase>
        <testcase classname="a" name="broken"><error message="x"/></testcase>
        <testcase classname="a" name="out"><skipped message="no chromium"/></testcase>
        </testsuite></testsuites>"""
    )
    found = python_tests.result_of(report, 1)
    assert (found.passed, found.failed) == (1, 2)
    assert found.skipped == [("a.out", "no chromium")]
    assert found.problems == ["a.bad", "a.broken"]


def test_a_pytest_that_breaks_off_is_a_failure(tmp_path: Path) -> None:
    assert python_tests.result_of(tmp_path / "missing.xml", 3).failed == 1


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


def test_dependencies_are_followed_through_own_addons(
    foreign_addon: Path,
) -> None:
    manifest = foreign_addon / "__manifest__.py"
    manifest.write_text(MANIFEST.replace('"base"', '"product", "zz_other"'))
    other = foreign_addon.parent / "zz_other"
    other.mkdir()
    (other / "__manifest__.py").write_text(MANIFEST.replace('"base"', '"mail"'))
    assert addons.foreign_dependencies(["zz_try"]) == ["base", "mail", "product"]
