import threading
from collections.abc import Hashable
from typing import Any

DEFAULT_CACHE_SIZE = 512


class LookupCache(dict[Hashable, Any]):
    """A bounded cache that evicts its oldest entry when it is full.

    A size of 0 disables it. Reads take no lock, because every create and write of a
    record does one; writes are serialized.
    """

    def __init__(self, maxsize: int = DEFAULT_CACHE_SIZE) -> None:
        super().__init__()
        self.maxsize = maxsize
        self._writing = threading.Lock()

    def __setitem__(self, key: Hashable, value: Any) -> None:
        with self._writing:
            if not self.maxsize:
                return
            if len(self) >= self.maxsize and key not in self:
                del self[next(iter(self))]
            super().__setitem__(key, value)

    def clear(self) -> None:
        """Remove all entries."""
        with self._writing:
            super().clear()
