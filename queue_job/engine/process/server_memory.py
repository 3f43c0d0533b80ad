"""What the processes of one server have said, so that each thing is said once.

A file without a name, which the server opens before it forks: its processes share it,
those too that replace others. It is gone with the last of them. Locks of a file fall
with the process that holds them, so one that is killed holds up nobody.
"""

import json
import tempfile
import threading
from contextlib import contextmanager

try:
    import fcntl
except ImportError:
    # there a server is one process
    fcntl = None

_file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
# locks of a file do not keep the threads of one process apart
_threads = threading.Lock()


def is_news(subject: str, said: str | None) -> bool:
    """Note what is said about a subject; tell whether it was anything else before.

    At first None was said about everything.
    """
    with _threads, _locked():
        # processes share the position too
        _file.seek(0)
        known = json.loads(_file.read() or b"{}")
        if known.get(subject) == said:
            return False
        _file.seek(0)
        _file.truncate()
        _file.write(json.dumps({**known, subject: said}).encode())
        return True


@contextmanager
def _locked():
    """Keep other processes out."""
    if fcntl is None:
        yield
        return
    fcntl.lockf(_file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.lockf(_file, fcntl.LOCK_UN)
