"""Moments: up to where the changes of another system are known.

A moment is what a system calls the time of a change: a date and time, a number that
grows, or a text that sorts. It is not a version: an etag tells whether a record is the
same, but not which of two is newer.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

DATETIME, NUMBER, TEXT = "datetime", "number", "text"

#: How far back a flow asks by default: a transaction that was open when the last list
#: was read may have committed an older time since.
DEFAULT_OVERLAP = timedelta(minutes=5)

_iso = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:(?P<gap>[T ])(?P<time>\d\d:\d\d(?::\d\d)?)(?P<fraction>[.,]\d+)?"
    r"(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)


class Moment(NamedTuple):
    """A moment as it can be compared; ``text`` is how the system wrote it."""

    kind: str
    key: Any
    text: str


def parse(value: Any, kind: str | None = None) -> Moment | None:
    """Return a value as a moment, ``None`` if it is none.

    :param kind: ``datetime`` (ISO 8601), ``number`` or ``text``; by default what the
        value looks like, a text never
    """
    if value is None or isinstance(value, bool | dict | list):
        return None
    text = str(value).strip()
    if kind == TEXT:
        return Moment(TEXT, text, text) if text else None
    if kind in (None, NUMBER) and (number := _number(text)) is not None:
        return Moment(NUMBER, number, text)
    if kind in (None, DATETIME) and (key := _datetime(text)) is not None:
        return Moment(DATETIME, key, text)
    return None


def newest(values: Iterable[Any], kind: str | None = None) -> str | None:
    """Return the newest of some moments as its system wrote it.

    ``None`` where there is none, or where they cannot be compared with each other.
    """
    moments = [moment for value in values if (moment := parse(value, kind))]
    if len({moment.kind for moment in moments}) != 1:
        return None
    return max(moments, key=lambda moment: moment.key).text


def earlier(
    text: str, overlap: timedelta | float | None, kind: str | None = None
) -> str:
    """Return the moment that is ``overlap`` before another, written like it.

    :param overlap: a duration, or a number for moments that are numbers; by default
        :data:`DEFAULT_OVERLAP` for dates and times, and nothing for others
    """
    moment = parse(text, kind)
    if moment is None or moment.kind == TEXT:
        return text
    if moment.kind == NUMBER:
        if isinstance(overlap, timedelta):
            overlap = overlap.total_seconds()
        return format(moment.key - Decimal(str(overlap)), "f") if overlap else text
    if not isinstance(overlap, timedelta):
        overlap = DEFAULT_OVERLAP if overlap is None else timedelta(seconds=overlap)
    return _written_earlier(text, overlap)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _datetime(text: str) -> tuple[timedelta, str] | None:
    match = _iso.fullmatch(text)
    if not match:
        return None
    zone = (match["zone"] or "Z").replace("Z", "+00:00")
    try:
        moment = datetime.fromisoformat(f"{match['day']} {match['time'] or '00:00'}")
        offset = datetime.strptime(zone.replace(":", ""), "%z").tzinfo
    except ValueError:
        return None
    # Beside the fraction: it may have more digits than a datetime holds.
    fraction = (match["fraction"] or ".")[1:].ljust(12, "0")
    return moment.replace(tzinfo=offset) - _EPOCH, fraction


_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def _written_earlier(text: str, overlap: timedelta) -> str:
    match = _iso.fullmatch(text)
    moment = datetime.fromisoformat(f"{match['day']} {match['time'] or '00:00'}")
    try:
        # Whole seconds: the fraction stays as it is written.
        moment -= timedelta(seconds=-(-overlap.total_seconds() // 1))
    except OverflowError:
        return text
    if not match["time"]:
        return moment.date().isoformat()
    time = moment.time().isoformat("minutes" if len(match["time"]) == 5 else "seconds")
    rest = (match["fraction"] or "") + (match["zone"] or "")
    return f"{moment.date().isoformat()}{match['gap']}{time}{rest}"
