"""Validates and converts the properties of a new job to what its row accepts.

Without asking the database, whose errors would abort the caller's transaction.
"""

import operator
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta, timezone
from numbers import Real
from uuid import UUID

from odoo.tools.translate import LazyGettext

from ..exception import InvalidJobError
from .text import storable

#: Maximum bytes of a key: what an index entry can hold, with some margin.
MAX_KEY_BYTES = 2000

_INT4 = range(-(2**31), 2**31)


def normalize(job) -> None:
    """Convert the properties of a new job to what its row accepts.

    :raises InvalidJobError: naming the job and the property
    """
    job.priority = _integer(job, "priority")
    job.max_retries = _integer(job, "max_retries")
    job.eta = _eta(job)
    if job._channel:
        job.channel = _storable(job, "channel", job._channel)
    if job._description is not None:
        job._description = described(job._description, job.env)
    if job.identity_key:
        job.identity_key = _key(job, "identity_key", job.identity_key)
    if job.concurrency_key is not None:
        key = str(job.concurrency_key)
        job.concurrency_key = _key(job, "concurrency_key", key)
    if job.concurrency_limit is not None:
        job.concurrency_limit = _integer(job, "concurrency_limit")


def absolute_eta(value, now: Callable):
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


def described(description, env) -> str:
    """Return a description as text; a lazy translation in the user's language."""
    if isinstance(description, LazyGettext):
        return env._(description)
    return str(description)


def _refuse(job, name: str, problem: str):
    raise InvalidJobError(
        f"{job.model_name}.{job.method_name} cannot be delayed: its {name} {problem}"
    )


def _integer(job, name: str) -> int:
    value = getattr(job, name)
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


def _eta(job) -> datetime | None:
    """Return the eta naive and in UTC, as the column expects it."""
    value = eta = job.eta
    if isinstance(eta, str):
        with suppress(ValueError):
            eta = datetime.fromisoformat(eta.replace("Z", "+00:00"))
    if isinstance(eta, date) and not isinstance(eta, datetime):
        eta = datetime.combine(eta, time())
    if eta is not None and not isinstance(eta, datetime):
        _refuse(
            job,
            "eta",
            f"is {value!r}; expected a datetime, a timedelta or a number of seconds",
        )
    if eta is not None and eta.tzinfo is not None:
        eta = eta.astimezone(timezone.utc).replace(tzinfo=None)
    return eta


def _storable(job, name: str, value) -> str:
    if not isinstance(value, str):
        _refuse(job, name, f"is of type {type(value).__name__}; expected a string")
    if storable(value, len(value)) != value:
        _refuse(job, name, "contains characters that cannot be stored")
    return value


def _key(job, name: str, key) -> str:
    if isinstance(key, int | UUID) and not isinstance(key, bool):
        key = str(key)
    key = _storable(job, name, key)
    size = len(key.encode())
    if size > MAX_KEY_BYTES:
        _refuse(
            job,
            name,
            f"has {size} bytes, the maximum is {MAX_KEY_BYTES}. Use a digest of it, as "
            "identity_exact does",
        )
    return key
