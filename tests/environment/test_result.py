"""The results of both test runners are added up, and set the exit code."""

from __future__ import annotations

import pytest

from setup.testing.result import Result, conclude


def test_the_summary_adds_both_runners(capsys: pytest.CaptureFixture[str]) -> None:
    skipped = [("test_x", "no chromium")]
    results = [Result(passed=3, skipped=skipped), Result(passed=4)]
    assert conclude(results, 1, strict=False) == 0
    output = capsys.readouterr().out.splitlines()
    assert output[0] == "SKIPPED test_x: no chromium"
    assert output[-1] == "tests: 7 passed, 0 failed, 1 skipped"


def test_in_ci_a_skipped_test_counts_as_failed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    result = Result(passed=3, skipped=[("test_x", "no chromium")])
    assert conclude([result], 1, strict=True) == 1
    assert capsys.readouterr().out.endswith("tests: 3 passed, 1 failed\n")


def test_no_test_at_all_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert conclude([Result()], 1, strict=False) == 1
    assert capsys.readouterr().out.endswith("tests: 0 passed, 1 failed\n")
