"""What the suite costs a model that nobody listens to.

Compared is the time of the processor, see ``clock.compared``.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..clock import compared
from ..figure import Figure
from ..lab import Lab

MODEL = "res.partner.industry"  # small: what is added weighs most


def measure(lab: Lab) -> Iterator[Figure]:
    """Yield create and write without the suite, and with it, in one process."""
    bare, suite = lab.database(), lab.database(lab.suite)
    for name, prepare in (
        ("create of a record", creating),
        ("create of 100 records", creating_many),
        ("write on a record", writing),
        ("write on 100 records", writing_many),
    ):
        with lab.environment(bare) as one, lab.environment(suite) as other:
            without, with_suite, ratio = compared(
                prepare(one), prepare(other), 4 * lab.seconds
            )
        yield Figure(f"{name}, bare Odoo", 1 / without, "per CPU s")
        yield Figure(
            f"{name}, with the suite",
            1 / with_suite,
            "per CPU s",
            1 / ratio,
            against="bare",
            hold=0.98,
        )


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
