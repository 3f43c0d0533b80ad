"""The contributing guide names files that exist, and few of them for each change."""

from __future__ import annotations

import re

from .imports import CHECKOUT

_PATH = re.compile(r"`([\w/]+/[\w/.]+\.(?:py|xml|md))`")


def _sections() -> list[str]:
    """Return what the guide says on each kind of addition."""
    guide = (CHECKOUT / "CONTRIBUTING.md").read_text()
    _before, _title, additions = guide.partition("\n## Add something\n")
    return additions.partition("\n## ")[0].split("\n### ")[1:]


def test_each_file_it_names_exists():
    named = {path for section in _sections() for path in _PATH.findall(section)}
    assert len(named) > 20
    assert not [path for path in sorted(named) if not (CHECKOUT / path).is_file()]


def test_no_addition_takes_more_than_three_source_files():
    sections = _sections()
    assert len(sections) == 5
    for section in sections:
        rows = re.findall(r"^\| (?:code|form) +\|(.*)$", section, re.MULTILINE)
        sources = [path for row in rows for path in _PATH.findall(row)]
        assert 1 <= len(sources) <= 3, section.splitlines()[0]
