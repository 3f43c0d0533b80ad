"""Moments as the machine reads and writes them: ISO 8601 in UTC, whole seconds."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone


def write(moment: datetime) -> str:
    """``2026-01-31T08:15:00Z``."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(text: str) -> datetime:
    """Read ISO 8601 with a zone (``Z`` or ``+02:00``), raise ValueError otherwise."""
    zoned = text[:-1] + "+00:00" if text.endswith(("Z", "z")) else text
    try:
        moment = datetime.fromisoformat(zoned)
        if moment.tzinfo is None:
            raise ValueError("no zone")
        return moment.astimezone(timezone.utc)
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"{text!r} is no moment; write it like 2026-01-31T08:15:00Z"
        ) from error


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


class Clock:
    """The machine's own clock, which may be wrong by ``offset`` seconds."""

    def __init__(self, source: Callable[[], datetime] = _utc_now):
        self._source = source
        self.offset = 0.0

    def now(self) -> datetime:
        moment = self._source() + timedelta(seconds=self.offset)
        return moment.replace(microsecond=0)
