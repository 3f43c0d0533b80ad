"""Any log record from WARNING up fails a test run, and tests are counted truly."""

from __future__ import annotations

from pathlib import Path

import pytest

from setup.testing.odoo_log import LogReader
from setup.testing.odoo_tests import result_of
from setup.testing.result import Result


def record(level: str, logger: str, message: str) -> str:
    return f"2026-11-22 02:06:04,890 13824 {level} some_db {logger}: {message} "


def total(failed: int, errors: int, run: int, level: str = "INFO") -> str:
    return record(
        level,
        "odoo.tests.result",
        f"{failed} failed, {errors} error(s) of {run} tests when loading database 'x'",
    )


TEST = "odoo.addons.connector.tests.test_binder"
GOOD = [
    record("INFO", TEST, "Starting TestBinder.test_bind ..."),
    record("INFO", TEST, "Starting TestBinder.test_unbind ..."),
]


def result(*lines: str, code: int = 0) -> Result:
    reader = LogReader()
    reader.read(lines)
    return result_of(reader, code, Path("odoo.log"))


def test_a_good_run_counts_its_tests() -> None:
    found = result(*GOOD, total(0, 0, 2))
    assert (found.passed, found.failed, found.skipped) == (2, 0, [])


@pytest.mark.parametrize("level", ["WARNING", "ERROR", "CRITICAL"])
@pytest.mark.parametrize(
    "logger", ["odoo.addons.queue_job.job", "odoo.modules.loading", "py.warnings"]
)
def test_a_record_from_warning_up_fails_the_run(level: str, logger: str) -> None:
    found = result(*GOOD, record(level, logger, "bad style"), total(0, 0, 2))
    assert found.failed == 1
    assert found.problems == [f"unexpected in the log: {level} {logger}: bad style"]


def test_an_unexpected_record_is_told_with_its_traceback() -> None:
    found = result(
        *GOOD,
        record("ERROR", "odoo.http", "Exception during request handling."),
        "Traceback (most recent call last):",
        "ValueError: coffee is out",
        total(0, 0, 2),
    )
    assert "ValueError: coffee is out" in found.problems[0]


def test_a_record_without_a_database_is_seen_too() -> None:
    line = record("WARNING", "odoo.tools.config", "bad option").replace("some_db", "?")
    assert result(*GOOD, line, total(0, 0, 2)).failed == 1


def test_a_thread_that_dies_past_the_log_fails_the_run() -> None:
    found = result(*GOOD, "Exception in thread worker:", "Traceback", total(0, 0, 2))
    assert found.failed == 1
    assert "Exception in thread worker" in found.problems[0]


def test_a_warning_that_is_only_quoted_does_not_fail_the_run() -> None:
    quoted = record("INFO", "odoo.sql_db", "said: WARNING odoo.http: nothing")
    assert result(*GOOD, quoted, total(0, 0, 2)).failed == 0


def test_a_failed_test_counts_once() -> None:
    found = result(
        *GOOD,
        record("ERROR", TEST, "FAIL: TestBinder.test_bind"),
        "AssertionError: 1 != 2",
        record("ERROR", "odoo.modules.loading", "Module connector: 1 failures, 0 err"),
        record("ERROR", "odoo.modules.loading", "At least one test failed when ..."),
        total(1, 0, 2, "ERROR"),
        code=1,
    )
    assert (found.passed, found.failed) == (1, 1)
    assert "AssertionError: 1 != 2" in found.problems[0]


def test_a_skipped_test_is_told_with_its_reason() -> None:
    skipped = record("INFO", TEST, "skipped TestBinder.test_x : Chrome not found")
    found = result(*GOOD, skipped, total(0, 0, 2))
    assert (found.passed, found.failed) == (1, 0)
    assert found.skipped == [("TestBinder.test_x", "Chrome not found")]


def test_a_run_that_breaks_off_is_a_failure() -> None:
    assert result(*GOOD, code=-9).failed == 1
    assert result(*GOOD, code=0).failed == 1


def test_a_bad_exit_code_is_a_failure() -> None:
    assert result(*GOOD, total(0, 0, 2), code=1).failed == 1


def test_a_run_without_tests_is_a_failure() -> None:
    assert result(total(0, 0, 0, "WARNING")).failed == 1


def test_what_debian_leaves_out_of_odoo_is_allowed() -> None:
    line = record("WARNING", "odoo.addons.base", "no selfie_segmentation.js")
    assert result(*GOOD, line, total(0, 0, 2)).failed == 0
