"""Mapping of records, and their import record by record, compared with the peer."""

from __future__ import annotations

from collections.abc import Iterator

from ..figure import Figure
from ..lab import Lab
from ..sides import sides

#: What is printed, the task of ``turns``, records of a turn, and the ratio to hold.
FIGURES = (
    ("map a record of 6 fields, direct", "direct", 500, None),
    ("map a record of 6 fields, modifiers and methods", "modifiers", 500, None),
    ("map a record by 10 direct mappings, 3 methods", "mixed", 500, 2.0),
    # The limit: an import does this, and more.
    ("only create() and commit, without an import", "only_create", 10, None),
    ("import new records one by one", "create", 10, 1.5),
    ("import changed records one by one", "update", 10, 1.5),
    ("import unchanged records one by one", "unchanged", 10, 1.5),
    ("import a page of 20 new records", "bulk", 20, None),
)
#: Those whose instructions are counted too: their seconds are mostly the database's.
IMPORTS = FIGURES[3:]


def measure(lab: Lab) -> Iterator[Figure]:
    """Yield how many records are mapped, and imported without HTTP, per second."""
    with sides(lab) as both:
        for name, task, count, hold in FIGURES:
            rate, ratio = both.compare(task, count, lab.seconds)
            if ratio is None:
                yield Figure(name, rate, "records/s", rate / lab.raw)
            else:
                yield Figure(name, rate, "records/s", ratio, "the peer", hold)
        for name, task, count, _hold in IMPORTS:
            instructions, ratio = both.count(task, count)
            yield Figure(name, instructions, "instructions", ratio, "the peer")
