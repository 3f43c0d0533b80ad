"""Idempotency keys: a server recognizes a request repeated by a job.

A key is derived from the job, the request, and its occurrence among equal requests: the
same in each attempt of the job, and different for each request in it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any
from weakref import WeakKeyDictionary

# Per transaction: its job, and the number of equal requests sent.
_made: WeakKeyDictionary[Any, tuple[str, Counter]] = WeakKeyDictionary()


class IdempotencyKey:
    """The occurrence of one request among the equal ones of a job.

    :param job_uuid: ``None``: the request gets no key
    :param call: method, path, query, body
    """

    def __init__(self, cr, job_uuid: str | None, *call: Any):
        self._cr, self._job_uuid = cr, job_uuid
        if job_uuid:
            text = json.dumps(call, sort_keys=True, default=_plain)
            self._call = hashlib.sha256(text.encode()).hexdigest()[:24]

    def header(self, name: str) -> dict[str, str]:
        """Return the header with the key."""
        if not self._job_uuid:
            return {}
        number = self._counts()[self._call]
        return {
            name: f"{self._job_uuid}-{self._call}" + (f"-{number}" if number else "")
        }

    def complete(self) -> None:
        """Count the request as sent: the next equal one is another occurrence."""
        if self._job_uuid:
            self._counts()[self._call] += 1

    def _counts(self) -> Counter:
        job_uuid, counts = _made.get(self._cr, ("", Counter()))
        if job_uuid != self._job_uuid:
            counts = Counter()
            _made[self._cr] = self._job_uuid, counts
        # The next attempt sends the same requests again.
        self._cr.postrollback.add(counts.clear)
        return counts


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | bytearray):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, set | frozenset):
        return sorted(map(repr, value))
    if hasattr(value, "isoformat"):
        return value.isoformat()
    # The repr of other types may contain a memory address, which differs per attempt.
    return type(value).__name__
