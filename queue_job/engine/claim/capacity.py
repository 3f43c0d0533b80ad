"""The capacity of a channel: a number, a share of its parent's, or no limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Share", "parse_capacity"]


@dataclass(frozen=True)
class Share:
    """A share of the parent's capacity, at least one slot of it."""

    percent: int

    def of(self, capacity: int) -> int:
        """Return the number of slots of this share; 0 only if ``capacity`` is 0."""
        return max(1, capacity * self.percent // 100) if capacity else 0

    def __str__(self) -> str:
        return f"{self.percent}%"


def parse_capacity(text: Any) -> int | Share | None:
    """Return the capacity written as ``text``: ``4``, ``50%``, empty for no limit.

    :raises ValueError: naming the problem
    """
    if text is None or text is False or text == "":
        return None
    written = str(text).strip()
    if not written:
        return None
    try:
        if written.endswith("%"):
            percent = int(written[:-1])
            if not 1 <= percent <= 100:
                raise ValueError(f"a share must be from 1% to 100%, not {written}")
            return Share(percent)
        capacity = int(written)
    except ValueError as error:
        if "share" in str(error):
            raise
        raise ValueError(
            f"a capacity must be an integer or a share such as 50%, not {written!r}"
        ) from None
    if capacity < 0:
        raise ValueError(f"a capacity cannot be negative: {written}")
    return capacity
