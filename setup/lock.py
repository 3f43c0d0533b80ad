"""Locks in the cache folder, so that two runs on it don't collide.

They are the kernel's (flock): a run that is killed leaves none behind.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .steps import say


@contextmanager
def exclusive(path: Path, waiting: str) -> Iterator[None]:
    """Hold the lock `path` alone; say `waiting` when another run has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"    {waiting}")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class Users:
    """The runs that use one shared thing; the last one to leave puts it away."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._handle = path.open("a")

    def enter(self) -> None:
        """Count this run as a user; waits while the last user puts the thing away."""
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def leave_is_last(self) -> bool:
        """Leave; tell whether nobody is left. Then the lock is held until `close`."""
        fcntl.flock(self._handle, fcntl.LOCK_UN)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Give the lock back."""
        self._handle.close()
