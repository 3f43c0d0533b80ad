"""Refuse words and names that the project does not use, and suggest better ones.

``python3 -m setup.checks.wording FILE...`` prints each one found and fails; the table
of words is ``wording.txt``. ``--count`` prints how often each is found instead.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).with_suffix(".txt")

# between two words there may be the end of a line, and the sign of a comment
_GAP = r"(?:\s|#|//|\*)+"
_FORMS = "(?:e[drs]?|ers|ing|ations?|able)"


class Finding(NamedTuple):
    """A refused ``phrase`` on a line, counted from 1."""

    line: int
    phrase: str
    better: str


def read_table(path: Path = TABLE) -> dict[str, str]:
    """Return the table: refused phrase -> what to write instead."""
    lines = path.read_text(encoding="utf-8").splitlines()
    entries = (line.partition(" = ") for line in lines if line and line[0] != "#")
    return {phrase: better for phrase, _, better in entries}


class Wording:
    """Looks for the phrases of a table in texts."""

    def __init__(self, table: Mapping[str, str]) -> None:
        self._table = table
        # the longest first: of two that begin alike it says more
        phrases = sorted(table, key=len, reverse=True)
        self._patterns = [(one, _stem_of(one), _pattern_of(one)) for one in phrases]

    def find(self, text: str) -> list[Finding]:
        """Return each refused phrase of a text, in order."""
        lowered = text.lower()
        found: dict[int, str] = {}
        for phrase, stem, pattern in self._patterns:
            if stem in lowered:  # much faster than the pattern
                for match in pattern.finditer(text):
                    found.setdefault(match.start(), phrase)
        return [
            Finding(text.count("\n", 0, start) + 1, phrase, self._table[phrase])
            for start, phrase in sorted(found.items())
        ]


def _stem_of(phrase: str) -> str:
    """Return the part of a phrase that each text with one of its forms has."""
    return phrase.split()[0].lower().removesuffix("e")


def _pattern_of(phrase: str) -> re.Pattern[str]:
    if phrase != phrase.lower() or "_" in phrase:
        return re.compile(rf"(?<![A-Za-z0-9_]){re.escape(phrase)}(?![A-Za-z0-9_])")
    *before, last = phrase.split()
    words = [*map(re.escape, before), _forms_of(last)]
    return re.compile(rf"(?<![a-z]){_GAP.join(words)}(?![a-z])", re.IGNORECASE)


def _forms_of(word: str) -> str:
    if word.endswith("ise"):
        return re.escape(word[:-1]) + _FORMS
    return re.escape(word)


def main(argv: Sequence[str]) -> int:
    """Check the files of `argv`; return the exit code."""
    counts_only = "--count" in argv
    wording, counts = Wording(read_table()), Counter[str]()
    for name in (one for one in argv if one != "--count"):
        for line, phrase, better in wording.find(Path(name).read_text("utf-8")):
            counts[phrase] += 1
            if not counts_only:
                print(f"{name}:{line}: {phrase!r}: write {better}", file=sys.stderr)
    if counts_only:
        for phrase, count in counts.most_common():
            print(f"{count:5} {phrase}")
    return 1 if counts else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
