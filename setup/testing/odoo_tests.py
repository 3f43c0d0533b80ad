"""Odoo's own test runner on a fresh database."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

from .. import databases, paths, ports
from ..odoo_run import Runner
from ..processes import stop_group
from ..steps import say
from .odoo_log import LogReader
from .result import Result

TEXT_OF_A_PROBLEM = 12_000  # characters; the log has the rest


def run(runner: Runner, names: Sequence[str]) -> Result:
    """Install the addons `names` and run their tests."""
    database = f"suite_test_{uuid.uuid4().hex[:8]}"
    log = paths.logs() / "test-odoo.log"
    databases.drop(database)
    databases.create(database, runner, names)
    say(f"==> Odoo's tests of {', '.join(names)} (log: {log})")
    try:
        reader = LogReader()
        code = _follow(
            runner.command(
                database,
                init=names,
                options=[
                    "--stop-after-init",
                    f"--test-tags={','.join('/' + name for name in names)}",
                    f"--http-port={ports.any_free()}",
                    f"--gevent-port={ports.any_free()}",
                ],
            ),
            runner.environment(),
            log,
            reader,
        )
    finally:
        databases.drop(database)
    return result_of(reader, code, log)


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


def _follow(command, env: dict[str, str], log: Path, reader: LogReader) -> int:
    """Run `command`, its output to `log` and `reader`; return its exit code."""
    # a group of its own: on Ctrl-C it is stopped here, with the browsers it started
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=env,
        cwd=paths.cache(),
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            with log.open("w") as copy:
                for line in process.stdout or ():
                    copy.write(line)
                    entry = reader.read_line(line.rstrip("\n"))
                    if entry and entry in reader.failures[-1:] + reader.unexpected[-1:]:
                        print(f"    {entry.level} {entry.message}", file=sys.stderr)
            return process.wait()
        finally:
            stop_group(process)
