"""What the suite costs a model that nobody listens to.

Compared are databases served by the same process, in short turns. A second bare
database tells how far two equal ones come apart in this run. Instructions are those of
Python's bytecode, which are the same in each run.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator

from ..clock import compared, no_garbage_collection
from ..figure import Figure
from ..instructions import instructions
from ..lab import Lab

MODEL = "res.partner.industry"  # small: what is added weighs most
ROUNDS = 5  # each in new transactions


def measure(lab: Lab) -> Iterator[Figure]:
    """Yield create and write without the suite, and with it."""
    bare, again, suite = lab.database(), lab.database(copy=1), lab.database(lab.suite)
    for name, prepare in (
        ("create of a record", creating),
        ("create of 100 records", creating_many),
        ("write on a record", writing),
        ("write on 100 records", writing_many),
    ):
        once, twice, ratio = rounds(lab, prepare, bare, again)
        yield Figure(f"{name}, bare Odoo", 1 / once, "times/s")
        yield Figure(
            f"{name}, bare Odoo again", 1 / twice, "times/s", 1 / ratio, "bare"
        )
        _once, with_suite, ratio = rounds(lab, prepare, bare, suite)
        yield Figure(
            f"{name}, with the suite",
            1 / with_suite,
            "times/s",
            1 / ratio,
            "bare",
            hold=0.98,
        )
        without, with_suite = (
            counted(lab, prepare, database) for database in (bare, suite)
        )
        yield Figure(
            f"{name}, with the suite: instructions",
            with_suite,
            "each time",
            without / with_suite,
            "bare",
            hold=0.98,
        )


def counted(lab: Lab, prepare: Callable, database: str) -> int:
    """Return how many instructions a call executes, once caches are filled."""
    with lab.environment(database) as env:
        call = prepare(env)
        call()
        call()
        with no_garbage_collection():
            return instructions(call)


def rounds(
    lab: Lab, prepare: Callable, one: str, other: str
) -> tuple[float, float, float]:
    """Compare two databases in several rounds; return the medians."""
    found = []
    for _round in range(ROUNDS):
        with lab.environment(one) as first, lab.environment(other) as second:
            found.append(compared(prepare(first), prepare(second), lab.seconds))
    return tuple(map(statistics.median, zip(*found, strict=True)))


def creating(env):
    """Return a call that creates one record."""
    return lambda: _create(env, 1)


def creating_many(env):
    """Return a call that creates a hundred records at once."""
    return lambda: _create(env, 100)


def writing(env):
    """Return a call that writes on one record."""
    return _writing(env, 1)


def writing_many(env):
    """Return a call that writes on a hundred records at once."""
    return _writing(env, 100)


def _create(env, count: int) -> None:
    env[MODEL].create([{"name": "Coffee"} for _number in range(count)])
    env.flush_all()


def _writing(env, count: int):
    records = env[MODEL].create([{"name": "Coffee"} for _number in range(count)])
    env.flush_all()
    numbers = iter(range(10**9))

    def write():
        records.write({"full_name": f"Coffee {next(numbers)}"})
        env.flush_all()

    return write
