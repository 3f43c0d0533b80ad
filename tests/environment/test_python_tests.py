"""The report of pytest is counted."""

from __future__ import annotations

from pathlib import Path

from setup.testing import python_tests


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
