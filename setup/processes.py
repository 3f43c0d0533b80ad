"""Servers started by a run, all stopped at its end, whatever ends it.

Each server leads a process group of its own: Ctrl-C in the terminal reaches this
process only, which then stops the groups in reverse order. A server whose parent is
killed outright gets a SIGTERM from the kernel (Linux).
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from .errors import SetupError, Stopped
from .steps import last_line

GRACE = 6  # seconds to stop in peace
_PR_SET_PDEATHSIG = 1


@dataclass
class Server:
    """A running server: what it is called, its process, and its log."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path | None

    def require_alive(self) -> None:
        """Raise SetupError when the server has ended, Stopped when we shall end."""
        raise_if_stopped()
        code = self.process.poll()
        if code is not None:
            last = last_line(self.log) if self.log else ""
            raise SetupError(
                f"{self.name} ended by itself (code {code}): see {self.log}"
                + (f"; it ends: {last}" if last else "")
            )

    def wait_until(
        self, is_ready: Callable[[], bool], seconds: float, what: str
    ) -> None:
        """Wait until `is_ready` while the server lives.

        :raises SetupError: it ended, or was not ready in `seconds`
        """
        deadline = time.monotonic() + seconds
        while not is_ready():
            self.require_alive()
            if time.monotonic() > deadline:
                raise SetupError(
                    f"{self.name}: {what} took more than {seconds:.0f} s: "
                    f"see {self.log}"
                )
            time.sleep(0.1)


class Processes:
    """Starts servers and stops all of them when the ``with`` block ends."""

    def __init__(self) -> None:
        self._servers: list[Server] = []

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *exc_info: object) -> None:
        with signals_ignored():
            self.stop_all()

    def start(
        self,
        name: str,
        command: Sequence[str | os.PathLike[str]],
        log: Path | None = None,
        *,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Server:
        """Start `command` with its output in a new `log`, or where our own goes."""
        with log.open("wb") if log else nullcontext() as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if log else None,
                env=env,
                cwd=cwd,
                start_new_session=True,
                preexec_fn=_end_with_parent(),
            )
        server = Server(name, process, log)
        self._servers.append(server)
        return server

    def stop_all(self) -> None:
        """Stop the servers, last started first: in peace, then by force."""
        while self._servers:
            stop_group(self._servers.pop().process)


def stop_group(process: subprocess.Popen[Any]) -> None:
    """End `process` and all of the process group that it leads."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE
    while time.monotonic() < deadline:
        process.poll()  # reaps it: a zombie would keep the group alive
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.05)
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _end_with_parent() -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    # looked up before the fork: after it, only simple calls are safe
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def in_child() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return in_child


_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


_asked_to_stop: list[int] = []


def _raise_stopped(signum: int, _frame: FrameType | None) -> None:
    _asked_to_stop.append(signum)
    raise Stopped(signum)


def raise_if_stopped() -> None:
    """Raise `Stopped` again where its first time was lost.

    A signal's handler can run while Python destroys an object; an exception goes no
    further there. What waits in a loop asks here.
    """
    if _asked_to_stop:
        raise Stopped(_asked_to_stop[0])


@contextmanager
def signals_stop() -> Iterator[None]:
    """Turn Ctrl-C, SIGTERM and SIGHUP into `Stopped`, so that ``with`` blocks end."""
    before = {number: signal.signal(number, _raise_stopped) for number in _STOPPING}
    try:
        yield
    finally:
        _asked_to_stop.clear()
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def signals_ignored() -> Iterator[None]:
    """Hold Ctrl-C and SIGTERM off while what was started is being stopped."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
