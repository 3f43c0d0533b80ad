from odoo.tools.lru import LRU

DEFAULT_CACHE_SIZE = 512


class LookupCache(LRU):
    """Least-recently-used cache of lookups, read without a lock by all threads."""

    def __init__(self, maxsize: int = DEFAULT_CACHE_SIZE) -> None:
        super().__init__(maxsize)

    @property
    def maxsize(self) -> int:
        """How many answers are kept."""
        return self.count
