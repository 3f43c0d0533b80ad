"""Parses the delay before the next attempt of a job."""

from __future__ import annotations

import math
from datetime import timedelta
from random import randint
from typing import Any

from .text import repr_of

#: Seconds in a hundred years: a longer delay is a mistake.
_MOST = 100 * 365 * 86_400


def seconds_to_wait(value: Any) -> float:
    """Return the seconds to wait before the next attempt.

    :param value: seconds as a number or string, a timedelta, or a pair of these,
        between which an integer is drawn
    :raises TypeError: if it is none of these
    :raises ValueError: if it is not a valid delay
    """
    if not isinstance(value, list | tuple):
        return _seconds(value, value)
    if len(value) != 2:
        raise _refusal(ValueError, value)
    low, high = sorted(_seconds(one, value) for one in value)
    return randint(math.ceil(low), max(math.ceil(low), math.floor(high)))


def _seconds(one, value) -> float:
    if isinstance(one, timedelta):
        seconds = one.total_seconds()
    elif isinstance(one, bool | bytes | bytearray):
        raise _refusal(TypeError, value)
    else:
        try:
            seconds = float(one)
        except TypeError as error:
            raise _refusal(TypeError, value) from error
        except (ValueError, OverflowError) as error:
            raise _refusal(ValueError, value) from error
    if not abs(seconds) <= _MOST:
        raise _refusal(ValueError, value)
    return int(seconds) if seconds.is_integer() else seconds


def _refusal(kind: type[Exception], value) -> Exception:
    return kind(
        f"Invalid retry delay: {repr_of(value)[:100]}. Expected seconds as a number or "
        "string, a timedelta, or a pair of these to draw a random delay from"
    )
