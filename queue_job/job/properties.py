"""Validates and converts the properties of a new job to what its row accepts.

Without asking the database, whose errors would abort the caller's transaction.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta, timezone
from numbers import Real
from typing import Any
from uuid import UUID

from odoo.tools.translate import LazyGettext

from ..exception import InvalidJobError
from .text import storable

#: Maximum bytes of a key: what an index entry can hold, with some margin.
MAX_KEY_BYTES = 2000

_INT4 = range(-(2**31), 2**31)


def absolute_eta(value: Any, now: Callable) -> datetime | None:
    """Return the date and time of an eta; a timedelta and seconds count from ``now()``.

    An invalid value is returned unchanged, and refused when the job is stored.
    """
    if not value:
        return None
    try:
        if isinstance(value, Real):
            value = timedelta(seconds=float(value))
        return now() + value if isinstance(value, timedelta) else value
    except (OverflowError, ValueError):
        return value


def described(job_or_delayable: Any, _name: str, value: Any) -> str:
    """Return a description as text; a lazy translation in the user's language."""
    if isinstance(value, LazyGettext):
        return job_or_delayable.recordset.env._(value)
    return str(value)


def check_integer(job: Any, name: str, value: Any) -> int:
    """Return an int that the column can hold.

    :raises InvalidJobError: for anything that is not an integer
    """
    try:
        if isinstance(value, str) or (isinstance(value, float) and value.is_integer()):
            number = int(value)
        else:
            number = operator.index(value)
    except (TypeError, ValueError):
        _refuse(job, name, f"is {value!r}; expected an integer")
    if number not in _INT4:
        _refuse(job, name, f"is {number}, which is too large")
    return number


def check_eta(job: Any, name: str, value: Any) -> datetime | None:
    """Return an eta naive and in UTC, as the column expects it.

    :raises InvalidJobError: for anything that is not a date
    """
    eta = value
    if isinstance(eta, str):
        with suppress(ValueError):
            eta = datetime.fromisoformat(eta.replace("Z", "+00:00"))
    if isinstance(eta, date) and not isinstance(eta, datetime):
        eta = datetime.combine(eta, time())
    if eta is not None and not isinstance(eta, datetime):
        _refuse(
            job,
            name,
            f"is {value!r}; expected a datetime, a timedelta or a number of seconds",
        )
    if eta is not None and eta.tzinfo is not None:
        eta = eta.astimezone(timezone.utc).replace(tzinfo=None)
    return eta


def check_text(job: Any, name: str, value: Any) -> str | None:
    """Return a text that can be stored; None for an empty one.

    :raises InvalidJobError: for anything else
    """
    if not value:
        return None
    if not isinstance(value, str):
        _refuse(job, name, f"is of type {type(value).__name__}; expected a string")
    if storable(value, len(value)) != value:
        _refuse(job, name, "contains characters that cannot be stored")
    return value


def check_key(job: Any, name: str, value: Any) -> str | None:
    """Return a key as text that an index can hold; None for an empty one.

    :raises InvalidJobError: for anything but a text, int or UUID, or if it is too long
    """
    if isinstance(value, int | UUID) and not isinstance(value, bool):
        value = str(value) if value else None
    key = check_text(job, name, value)
    size = len(key.encode()) if key else 0
    if size > MAX_KEY_BYTES:
        _refuse(
            job,
            name,
            f"has {size} bytes, the maximum is {MAX_KEY_BYTES}. Use a digest of it, as "
            "identity_exact does",
        )
    return key


def _refuse(job, name: str, problem: str):
    raise InvalidJobError(
        f"{job.model_name}.{job.method_name} cannot be delayed: its {name} {problem}"
    )
