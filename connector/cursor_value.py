"""Cursor values: up to where the changes of an external system were read.

A cursor value is what a system returns as the time of a change: a date and time, a
number that grows, or a text that sorts. It is not a version: an ETag tells whether a
record is the same, but not which of two is newer.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

DATETIME, NUMBER, TEXT = "datetime", "number", "text"

#: Default overlap of a flow: a transaction that was open when the last list was read
#: may have committed an earlier time since.
DEFAULT_OVERLAP = timedelta(minutes=5)

_SCALARS = (str, int, float, Decimal, date)
_plain_number = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_iso = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:(?P<gap>[T ])(?P<time>\d\d:\d\d(?::\d\d)?)(?P<fraction>[.,]\d+)?"
    r"(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)


class CursorValue(NamedTuple):
    """A cursor value as it can be compared; ``text`` is how the system wrote it."""

    kind: str
    key: Any
    text: str


def parse(value: Any, kind: str | None = None) -> CursorValue | None:
    """Return a value as a cursor value, ``None`` if it is none.

    :param kind: ``datetime`` (ISO 8601), ``number`` or ``text``; by default detected
        from the value, but never ``text``
    """
    if not isinstance(value, _SCALARS) or isinstance(value, bool):
        return None
    return _parsed(str(value).strip(), kind)


# The records of a page are parsed more than once.
@lru_cache(maxsize=4096)
def _parsed(text: str, kind: str | None) -> CursorValue | None:
    if kind == TEXT:
        return CursorValue(TEXT, text, text) if text else None
    if kind in (None, NUMBER) and (number := _number(text)) is not None:
        return CursorValue(NUMBER, number, text)
    if kind in (None, DATETIME) and (key := _datetime(text)) is not None:
        return CursorValue(DATETIME, key, text)
    return None


def latest(values: Iterable[Any], kind: str | None = None) -> str | None:
    """Return the latest of some cursor values as its system wrote it.

    ``None`` if there is none, or if they cannot be compared with each other.
    """
    parsed = [one for value in values if (one := parse(value, kind))]
    if len({one.kind for one in parsed}) != 1:
        return None
    return max(parsed, key=lambda one: one.key).text


def is_in_future(value: Any, kind: str | None = None) -> bool:
    """Whether a datetime is too far in the future to be used as a cursor.

    One record from the year 9999 must not stop a flow; clocks may differ by a day.
    """
    moment = parse(value, kind)
    if moment is None or moment.kind != DATETIME:
        return False
    return moment.key[0] > _now() + timedelta(days=1)


def _now() -> timedelta:
    return datetime.now(timezone.utc).replace(tzinfo=None) - _EPOCH


def subtract_overlap(
    text: str, overlap: timedelta | float | None, kind: str | None = None
) -> str:
    """Return the cursor value that is ``overlap`` before another, written like it.

    :param overlap: a duration, or a number for those that are numbers; by default
        :data:`DEFAULT_OVERLAP` for dates and times, Unix timestamps included, and
        nothing for other numbers
    """
    moment = parse(text, kind)
    if moment is None or moment.kind == TEXT:
        return text
    if moment.kind == NUMBER:
        return _subtract_from_number(moment, overlap)
    if not isinstance(overlap, timedelta):
        overlap = DEFAULT_OVERLAP if overlap is None else timedelta(seconds=overlap)
    return _subtract_from_text(text, overlap)


def _subtract_from_number(
    moment: CursorValue, overlap: timedelta | float | None
) -> str:
    # Unix time in seconds or milliseconds, from 2001 on; harmless for a counter.
    units = [unit for unit in (1, 1000) if 1e9 <= moment.key / unit < 1e11]
    if overlap is None:
        overlap = DEFAULT_OVERLAP if units else 0
    if isinstance(overlap, timedelta):
        overlap = overlap.total_seconds() * (units[-1] if units else 1)
    if not overlap:
        return moment.text
    return format(moment.key - Decimal(str(overlap)).normalize(), "f")


def _number(text: str) -> Decimal | None:
    # No exponent, no underscore: "9e12" is the hash of something.
    return Decimal(text) if _plain_number.fullmatch(text) else None


def _datetime(text: str) -> tuple[timedelta, str] | None:
    match = _iso.fullmatch(text)
    if not match:
        return None
    day, time, fraction, zone = (
        match["day"],
        match["time"],
        match["fraction"],
        match["zone"],
    )
    try:
        moment = datetime.fromisoformat(f"{day} {time or '00:00'}")
    except ValueError:
        return None
    # Without the fraction, which may have more digits than a datetime can hold.
    fraction = fraction[1:].ljust(12, "0") if fraction else "000000000000"
    return moment - _EPOCH - _offset(zone), fraction


def _offset(zone: str | None) -> timedelta:
    if zone in (None, "Z"):
        return _NO_OFFSET
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return -offset if zone[0] == "-" else offset


_EPOCH, _NO_OFFSET = datetime(1970, 1, 1), timedelta(0)


def _subtract_from_text(text: str, overlap: timedelta) -> str:
    match = _iso.fullmatch(text)
    moment = datetime.fromisoformat(f"{match['day']} {match['time'] or '00:00'}")
    try:
        # Whole seconds: the fraction is kept as written.
        moment -= timedelta(seconds=-(-overlap.total_seconds() // 1))
    except OverflowError:
        return text
    if not match["time"]:
        return moment.date().isoformat()
    time = moment.time().isoformat("minutes" if len(match["time"]) == 5 else "seconds")
    rest = (match["fraction"] or "") + (match["zone"] or "")
    return f"{moment.date().isoformat()}{match['gap']}{time}{rest}"
