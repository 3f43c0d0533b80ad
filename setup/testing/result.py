"""The result of a test run, and its summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..steps import say


@dataclass
class Result:
    """Counts of one runner, and what to tell at the end of all."""

    passed: int = 0
    failed: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, other: Result) -> None:
        """Add the counts and problems of `other`."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.problems += other.problems


def conclude(results: Sequence[Result], seconds: float, *, strict: bool) -> int:
    """Print the summary of `results`; return the exit code.

    With `strict` (CI) a skipped test is a failure. A run without any test is one too.
    """
    total = Result()
    for result in results:
        total.add(result)
    for test, reason in total.skipped:
        say(f"SKIPPED {test}: {reason}")
    for problem in total.problems:
        say(f"FAILED {problem}")
    skipped = len(total.skipped)
    if strict and skipped:
        say("FAILED in CI every test must run: the skipped ones count as failed")
        total.failed, skipped = total.failed + skipped, 0
    if not total.passed and not total.failed:
        say("FAILED there was no test to run")
        total.failed = 1
    say(f"all tests ran in {seconds:.0f} s")
    line = f"tests: {total.passed} passed, {total.failed} failed"
    say(line + (f", {skipped} skipped" if skipped else ""))
    return 1 if total.failed else 0
