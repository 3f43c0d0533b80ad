"""Reads the log of an Odoo test run: counts tests, finds what should not be there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

_HEAD = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ "
    r"(?P<level>[A-Z]+) (?P<database>\S+) (?P<logger>[\w.?-]+): (?P<message>.*)$"
)
_STARTING = re.compile(r"^Starting (?P<test>\S+\.\S+) \.\.\.")
_SKIPPED = re.compile(r"^skipped (?P<test>.+?) : (?P<reason>.*)")
_FAILED = re.compile(r"^(?:FAIL|ERROR): (?P<test>.+)")
_TOTAL = re.compile(
    r"^(?P<failed>\d+) failed, (?P<errors>\d+) error\(s\) of (?P<run>\d+) tests when"
)
_TEST_LOGGER = re.compile(r"^odoo\.addons\.(?P<addon>\w+)\.tests?\b")
_QUIET = {"DEBUG", "INFO", "RUNBOT", "TEST"}
# what a thread or a destructor prints past the log
_UNLOGGED = ("Exception in thread ", "Exception ignored in")
# what Odoo logs of failed tests beside the tests' own lines
_ECHOES = re.compile(r"^(Module \S+: \d+ failures|At least one test failed)")
# harmless, and not ours to mend; each with its reason
ALLOWED = (
    # Debian's package leaves out files that are not free or not in source form
    re.compile(r"selfie_segmentation"),
)


@dataclass
class Entry:
    """One log record with the lines that follow its first."""

    level: str
    logger: str
    message: str
    more: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return the record as it was logged, without time and process."""
        head = f"{self.level} {self.logger}: {self.message}"
        return "\n".join([head, *self.more])


@dataclass
class LogReader:
    """Takes the lines of a log one after the other; says what they mean in the end."""

    started: Counter[str] = field(default_factory=Counter)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    failures: list[Entry] = field(default_factory=list)
    unexpected: list[Entry] = field(default_factory=list)
    tests_run: int = 0
    tests_failed: int = 0
    is_complete: bool = False
    _last: Entry | None = None

    def read(self, lines: Iterable[str]) -> None:
        """Read `lines`."""
        for line in lines:
            self.read_line(line.rstrip("\n"))

    def read_line(self, line: str) -> Entry | None:
        """Read one line; return the new record when the line begins one."""
        match = _HEAD.match(line)
        if not match:
            if line.startswith(_UNLOGGED):
                self._last = Entry("ERROR", "stderr", line)
                self.unexpected.append(self._last)
            elif self._last is not None:
                self._last.more.append(line)
            return None
        self._last = Entry(match["level"], match["logger"], match["message"].rstrip())
        self._sort(self._last)
        return self._last

    def _sort(self, entry: Entry) -> None:
        of_test = _TEST_LOGGER.match(entry.logger)
        if total := _TOTAL.match(entry.message):
            self.is_complete = True
            self.tests_run += int(total["run"])
            self.tests_failed += int(total["failed"]) + int(total["errors"])
        elif entry.level in _QUIET:
            if not of_test:
                return
            if _STARTING.match(entry.message):
                self.started[of_test["addon"]] += 1
            elif skipped := _SKIPPED.match(entry.message):
                self.skipped.append((skipped["test"], skipped["reason"]))
        elif _FAILED.match(entry.message) and entry.level == "ERROR":
            self.failures.append(entry)
        elif _ECHOES.match(entry.message):
            return
        elif not any(allowed.search(entry.message) for allowed in ALLOWED):
            self.unexpected.append(entry)
