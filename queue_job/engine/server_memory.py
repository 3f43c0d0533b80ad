"""What the processes of one server have said, so that each thing is said once.

A file without a name, which the server opens before it forks: its processes share it,
those too that replace others. It is gone with the last of them. Locks of a file fall
with the process that holds them, so one that is killed holds up nobody.
"""

import fcntl
import json
import os
import tempfile
import threading

_MOST_BYTES = 1 << 20

_file = tempfile.TemporaryFile()  # noqa: SIM115
# locks of a file do not keep the threads of one process apart
_threads = threading.Lock()


def is_news(subject: str, said: str | None) -> bool:
    """Note what is said about a subject; tell whether it was anything else before.

    At first None was said about everything.
    """
    with _threads:
        number = _file.fileno()
        fcntl.lockf(number, fcntl.LOCK_EX)
        try:
            known = json.loads(os.pread(number, _MOST_BYTES, 0) or b"{}")
            if known.get(subject) == said:
                return False
            text = json.dumps({**known, subject: said}).encode()
            os.ftruncate(number, 0)
            os.pwrite(number, text, 0)
            return True
        finally:
            fcntl.lockf(number, fcntl.LOCK_UN)
