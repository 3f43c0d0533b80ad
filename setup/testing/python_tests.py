"""pytest on ``tests/``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from .. import paths, virtualenv
from ..processes import Processes
from ..steps import say
from .result import Result


def run(servers: Processes, arguments: Sequence[str]) -> Result:
    """Run pytest with `arguments`, on all of ``tests/`` where they name no test."""
    report = paths.new_log("test-pytest", "xml")
    say("==> pytest on tests/")
    server = servers.start(
        "pytest",
        [
            *(str(virtualenv.python()), "-m", "pytest", "-q", f"--junitxml={report}"),
            *("--durations=10", "--durations-min=10"),
            # three at a time: they mostly wait for servers; fixtures are a file's
            *("-n", "3", "--dist", "loadfile"),
            *(
                "-c",
                str(paths.TESTS / "pytest.ini"),
                *(arguments or [str(paths.TESTS)]),
            ),
        ],
        env=virtualenv.environment(),
        cwd=paths.CHECKOUT,
    )
    return result_of(report, server.process.wait())


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
