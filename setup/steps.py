"""Steps that are done once: a stamp says what they were done for."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from .errors import SetupError
from .paths import logs


def say(text: str) -> None:
    """Print one progress line at once."""
    print(text, flush=True)


def key_of(parts: Iterable[str | bytes]) -> str:
    """Return a short key that changes when one of `parts` does."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()[:16]


def write_atomically(path: Path, text: str) -> None:
    """Write `text` to `path` so that a reader sees all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    partial.write_text(text)
    partial.replace(path)


def is_done(stamp: Path, key: str) -> bool:
    """Return whether the step that writes `stamp` was completed for `key`."""
    try:
        return stamp.read_text() == key
    except OSError:
        return False


def ensure(title: str, stamp: Path, key: str, action: Callable[[], None]) -> bool:
    """Run `action` unless `stamp` says that it was completed for `key`.

    The stamp is removed before and written after, so that a step which broke in the
    middle is done again. Return whether it ran.
    """
    if is_done(stamp, key):
        return False
    stamp.unlink(missing_ok=True)
    say(f"==> {title} ...")
    begun = time.monotonic()
    action()
    write_atomically(stamp, key)
    say(f"    done in {time.monotonic() - begun:.0f} s")
    return True


def last_line(log: Path) -> str:
    """Return the last line of `log` that is not empty, or ''."""
    return log.read_text(errors="replace").strip().rsplit("\n", 1)[-1].strip()


def run_logged(
    command: Sequence[str | os.PathLike[str]],
    log_name: str,
    failure: str,
    *,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
) -> None:
    """Run `command` with its output in the log `log_name`.

    :raises SetupError: `failure` with the log's path and last line, when it fails.
    """
    log = logs() / f"{log_name}.log"
    with log.open("ab") as output:
        output.write(f"$ {' '.join(map(str, command))}\n".encode())
        output.flush()
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=env,
        )
    if done.returncode:
        raise SetupError(f"{failure} (log: {log}; it ends: {last_line(log)})")


def python_version() -> str:
    """Return the running Python's version as ``3.11``."""
    return ".".join(map(str, sys.version_info[:2]))
