import threading
from collections.abc import Hashable
from typing import Any

DEFAULT_CACHE_SIZE = 512


class LookupCache(dict[Hashable, Any]):
    """Keeps a number of answers, and forgets the oldest when it is full.

    With a size of 0 nothing is kept.

    Reading is that of a plain dictionary, without a lock: it is done at each create
    and write of each record. Writing is for one thread at a time.
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
        """Forget all answers."""
        with self._writing:
            super().clear()
