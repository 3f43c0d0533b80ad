"""pytest on ``tests/``."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from .. import paths, virtualenv
from ..steps import say
from .result import Result

NO_TESTS = 5  # pytest's exit code


def run(arguments: Sequence[str]) -> Result:
    """Run pytest with `arguments`, on all of ``tests/`` where they name no test."""
    report = paths.logs() / "test-pytest.xml"
    report.unlink(missing_ok=True)
    say("==> pytest on tests/")
    code = subprocess.call(
        [
            *(virtualenv.python(), "-m", "pytest", "-q", f"--junitxml={report}"),
            *("-c", paths.TESTS / "pytest.ini", *(arguments or [paths.TESTS])),
        ],
        cwd=paths.CHECKOUT,
        env=virtualenv.environment(),
        stdin=subprocess.DEVNULL,
    )
    return result_of(report, code)


def result_of(report: Path, code: int) -> Result:
    """Return what the JUnit `report` and pytest's exit code amount to."""
    result = Result()
    if report.is_file():
        for case in ElementTree.parse(report).iter("testcase"):
            name = f"{case.get('classname')}.{case.get('name')}"
            if (skipped := case.find("skipped")) is not None:
                result.skipped.append((name, skipped.get("message", "")))
            elif case.find("failure") is not None or case.find("error") is not None:
                result.failed += 1
                result.problems.append(name)
            else:
                result.passed += 1
    if code and not result.failed:
        result.failed += 1
        result.problems.append(f"pytest ended with code {code}")
    return result
