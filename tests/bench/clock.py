"""Timing of what runs inside of this process."""

import gc
import statistics
import time
from collections.abc import Callable


def per_second(call: Callable[[], object], seconds: float, rounds: int = 5) -> float:
    """Return how often ``call`` runs per second: the best of some rounds.

    The best, because other work on the machine can only make it slower.
    """
    count = _calibrated(call)
    return max(
        count / timed(call, count)
        for _round in range(max(rounds, int(seconds / timed(call, count))))
    )


def timed(call: Callable[[], object], count: int) -> float:
    """Return the seconds that ``count`` calls take, without garbage collection."""
    gc.collect()
    gc.disable()
    try:
        begun = time.perf_counter()
        for _number in range(count):
            call()
        return time.perf_counter() - begun
    finally:
        gc.enable()


def compared(
    one: Callable[[], object],
    other: Callable[[], object],
    seconds: float,
    count: int = 20,
) -> tuple[float, float, float]:
    """Run two calls in turns; return (seconds of one, of the other, other / one).

    Seconds are those of one call, the best seen. The ratio is the median of the pairs
    that ran next to each other, in changing order: what slows the machine down slows
    both.
    """
    times: list[tuple[float, float]] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 20:
        if len(times) % 2:
            second, first = timed(other, count), timed(one, count)
        else:
            first, second = timed(one, count), timed(other, count)
        times.append((first / count, second / count))
    ratio = statistics.median(second / first for first, second in times)
    return min(t[0] for t in times), min(t[1] for t in times), ratio


def _calibrated(call: Callable[[], object]) -> int:
    """Return a number of calls that takes about a tenth of a second."""
    count = 1
    while (took := timed(call, count)) < 0.02:
        count *= 4
    return max(1, int(count * 0.1 / took))
