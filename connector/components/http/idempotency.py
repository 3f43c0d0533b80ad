"""Keys by which a server knows a call again that a job repeats.

A key is made of the job, of all that is sent, and of which of equal calls it is: so the
same in each try of the job, and another one for each call in it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any
from weakref import WeakKeyDictionary

# By transaction: the job it works for, and how many equal calls it has made.
_made: WeakKeyDictionary[Any, tuple[str, Counter]] = WeakKeyDictionary()


class IdempotencyKey:
    """The place of one call among the equal ones of a job.

    :param job_uuid: none: the call gets no key
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
        """Have the next equal call be another one: this one has been made."""
        if self._job_uuid:
            self._counts()[self._call] += 1

    def _counts(self) -> Counter:
        job_uuid, counts = _made.get(self._cr, ("", Counter()))
        if job_uuid != self._job_uuid:
            counts = Counter()
            _made[self._cr] = self._job_uuid, counts
        # The next try makes the same calls again.
        self._cr.postrollback.add(counts.clear)
        return counts


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | bytearray):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, set | frozenset):
        return sorted(map(repr, value))
    if hasattr(value, "isoformat"):
        return value.isoformat()
    # Others may show where they are in memory, which differs from try to try.
    return type(value).__name__
