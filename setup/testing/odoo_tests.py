"""Odoo's own test runner on a fresh database."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from pathlib import Path

from .. import databases, paths, ports
from ..odoo_run import Runner
from ..processes import Processes, Server
from ..steps import say
from .odoo_log import LogReader
from .result import Result

TEXT_OF_A_PROBLEM = 12_000  # characters; the log has the rest


class OdooTests:
    """One run of Odoo's tests, in the background until its result is asked for."""

    def __init__(
        self, runner: Runner, names: Sequence[str], tags: str | None = None
    ) -> None:
        self._runner = runner
        self._names = names
        self._tags = tags or ",".join(f"/{name}" for name in names)
        self._database = f"suite_test_{uuid.uuid4().hex[:8]}"
        self._log = paths.new_log("test-odoo")
        self._server: Server | None = None

    def start(self, servers: Processes) -> None:
        """Make a database, install the addons in it and begin with their tests."""
        databases.create(self._database, self._runner, self._names)
        say(f"==> Odoo's tests of {', '.join(self._names)} (log: {self._log})")
        self._server = servers.start(
            "Odoo",
            self._runner.command(
                self._database,
                init=self._names,
                options=[
                    "--stop-after-init",
                    f"--test-tags={self._tags}",
                    f"--http-port={ports.any_free()}",
                    f"--gevent-port={ports.any_free()}",
                ],
            ),
            self._log,
            env=self._runner.environment(),
            cwd=paths.cache(),
        )

    def result(self) -> Result:
        """Wait for the end; return what the tests found."""
        code = self._server.process.wait() if self._server else 1
        reader = LogReader()
        with self._log.open(errors="replace") as lines:
            reader.read(lines)
        say("==> Odoo's tests")
        return result_of(reader, code, self._log)

    def drop_database(self) -> None:
        """Drop the run's database, whether the run came to its end or not."""
        databases.drop(self._database)


def addons_of_tags(tags: str | None) -> list[str]:
    """Return the addons that test tags such as ``/queue_job:TestClaim`` name."""
    return list(dict.fromkeys(re.findall(r"(?:^|,)[^,/-]*/(\w+)", tags or "")))


def result_of(reader: LogReader, code: int, log: Path) -> Result:
    """Return what the log that `reader` has read, and Odoo's exit code, amount to."""
    for addon, count in sorted(reader.started.items()):
        say(f"    {addon}: {count} tests")
    result = Result(skipped=reader.skipped)
    for entry in reader.failures:
        result.problems.append(_short(entry.text()))
    for entry in reader.unexpected:
        result.problems.append(_short(f"unexpected in the log: {entry.text()}"))
    # an unexpected record is one failed check beside the tests
    result.failed = reader.tests_failed + len(reader.unexpected)
    result.passed = max(0, reader.tests_run - reader.tests_failed - len(reader.skipped))
    if not reader.is_complete:
        result.failed += 1
        result.problems.append(f"Odoo did not get to the end of its tests: see {log}")
    elif code and not result.failed:
        result.failed += 1
        result.problems.append(f"Odoo ended with code {code}: see {log}")
    elif not reader.tests_run:
        result.failed += 1
        result.problems.append("these addons have no tests")
    return result


def _short(text: str) -> str:
    if len(text) <= TEXT_OF_A_PROBLEM:
        return text
    half = TEXT_OF_A_PROBLEM // 2
    return f"{text[:half]}\n[...]\n{text[-half:]}"
