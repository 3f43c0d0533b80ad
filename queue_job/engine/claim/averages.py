"""Average duration of the jobs of each function, as measured by this process."""

from __future__ import annotations

from threading import Lock

#: Weight of the last run against all previous ones.
_WEIGHT = 0.25
#: The first run of a function in a process is slow, so its weight must drop fast.
_WEIGHT_OF_FASTER = 0.5


class Averages:
    """Recent average seconds of each job function; shared by the process's workers."""

    #: Seconds of work that a lease should contain.
    TARGET = 0.1
    #: Maximum number of jobs of a lease.
    MOST = 100

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._lock = Lock()

    def note(self, function: str, seconds: float) -> None:
        """Record one run. A run much longer than usual counts in full: the next leases
        must be small immediately."""
        with self._lock:
            known = self._seconds.get(function)
            if known is None or seconds > 10 * known:
                self._seconds[function] = seconds
            else:
                weight = _WEIGHT_OF_FASTER if seconds < known else _WEIGHT
                self._seconds[function] = known + weight * (seconds - known)

    def lease_size(self, function: str) -> int:
        """Return how many jobs of this function make a short lease; 1 if unknown."""
        known = self._seconds.get(function)
        if known is None:
            return 1
        return max(1, min(self.MOST, int(self.TARGET / max(known, 1e-6))))
