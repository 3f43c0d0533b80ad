"""Timing of what runs inside of this process."""

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def per_second(call: Callable[[], object], seconds: float, rounds: int = 5) -> float:
    """Return how often ``call`` runs per second: the best of some rounds.

    The best, because other work on the machine can only make it slower.
    """
    with no_garbage_collection():
        count = _calibrated(call)
        rounds = max(rounds, int(seconds / timed(call, count)))
        return max(count / timed(call, count) for _round in range(rounds))


def timed(call: Callable[[], object], count: int) -> float:
    """Return the seconds that ``count`` calls take."""
    begun = time.perf_counter()
    for _number in range(count):
        call()
    return time.perf_counter() - begun


def compared(
    one: Callable[[], object],
    other: Callable[[], object],
    seconds: float,
    count: int = 5,
) -> tuple[float, float, float]:
    """Run two calls in turns; return (seconds of one, of the other, other / one).

    Seconds are those of one call. The ratio is the median of the pairs that ran next
    to each other, in changing order: what slows the machine down slows both.
    """
    pairs: list[tuple[float, float]] = []
    with no_garbage_collection():
        timed(one, count), timed(other, count)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end or len(pairs) < 50:
            if len(pairs) % 2:
                second, first = timed(other, count), timed(one, count)
            else:
                first, second = timed(one, count), timed(other, count)
            pairs.append((first / count, second / count))
    ratio = statistics.median(second / first for first, second in pairs)
    firsts, others = zip(*pairs, strict=True)
    return statistics.median(firsts), statistics.median(others), ratio


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Collect what there is, then not in the block: it would hit one at random."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _calibrated(call: Callable[[], object]) -> int:
    """Return a number of calls that takes about a tenth of a second."""
    count = 1
    while (took := timed(call, count)) < 0.02:
        count *= 4
    return max(1, int(count * 0.1 / took))
