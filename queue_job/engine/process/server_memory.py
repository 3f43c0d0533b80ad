"""Memory shared by the processes of one server, so that each warning is logged once.

An unnamed file, which the server opens before it forks: all its processes share it,
including replacements. It disappears with the last of them. File locks are released
with the process that holds them, so a killed process blocks no other.
"""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

try:
    import fcntl
except ImportError:
    # on such systems a server is one process
    fcntl = None

_file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
# file locks do not exclude other threads of the same process
_threads = threading.Lock()


def is_news(subject: str, message: str | None) -> bool:
    """Store the message about a subject; tell whether it changed.

    Initially the message about every subject is None.
    """
    with _threads, _locked():
        # processes share the file position too
        _file.seek(0)
        known = json.loads(_file.read() or b"{}")
        if known.get(subject) == message:
            return False
        _file.seek(0)
        _file.truncate()
        _file.write(json.dumps({**known, subject: message}).encode())
        return True


@contextmanager
def _locked() -> Iterator[None]:
    """Exclude other processes."""
    if fcntl is None:
        yield
        return
    fcntl.lockf(_file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.lockf(_file, fcntl.LOCK_UN)
