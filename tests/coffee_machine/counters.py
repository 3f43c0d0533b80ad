"""What the machine was asked and what it answered."""

import threading
from collections import Counter


class Statistics:
    """Counters; ``to_json`` is the answer of ``GET /admin/stats``."""

    def __init__(self):
        self._lock = threading.Lock()
        self._counters = {
            name: Counter()
            for name in ("requests", "statuses", "faults", "writes", "webhooks")
        }
        self._replayed = 0

    def count(self, counter: str, name: str) -> None:
        with self._lock:
            self._counters[counter][name] += 1

    def count_replay(self) -> None:
        with self._lock:
            self._replayed += 1

    def to_json(self) -> dict:
        with self._lock:
            counters = {
                name: dict(sorted(counter.items()))
                for name, counter in self._counters.items()
            }
        return {
            **counters,
            "replayed": self._replayed,
            "total": sum(counters["requests"].values()),
        }
