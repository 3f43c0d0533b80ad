"""Servers that run jobs, and ways to disturb them."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil

#: Seconds after which a frozen or disconnected worker counts as dead in these tests.
HEARTBEAT_TIMEOUT = 6


class JobServer:
    """A dedicated server: ``odoo queue_worker`` with its worker processes."""

    def __init__(
        self, command, environment: Mapping[str, str], log: Path, timeout: float
    ):
        self._log = log.open("ab")
        self.log = log
        self.process = subprocess.Popen(
            command,
            env={
                **environment,
                "ODOO_QUEUE_JOB_HEARTBEAT_TIMEOUT": str(timeout),
            },
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def workers(self) -> list[psutil.Process]:
        """Return the live worker processes."""
        try:
            children = psutil.Process(self.process.pid).children()
        except psutil.NoSuchProcess:
            return []
        return [child for child in children if child.status() != psutil.STATUS_ZOMBIE]

    def kill_a_worker(self, chance: random.Random, spared: set[int]) -> None:
        """Kill one of the workers, except those with the pids to be spared."""
        if workers := [one for one in self.workers() if one.pid not in spared]:
            with suppress(psutil.NoSuchProcess):
                chance.choice(workers).kill()

    def signal_all(self, number: int) -> None:
        """Send a signal to all processes of the server."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """Kill the whole server."""
        self.signal_all(signal.SIGKILL)
        self.process.wait()

    def stop(self, timeout: float = 30) -> int:
        """Ask the server to stop gracefully; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def stop_all(self, timeout: float = 30) -> int:
        """Ask every process to stop, as service managers do; return the exit code."""
        self.signal_all(signal.SIGTERM)
        return self.process.wait(timeout)

    def close(self) -> None:
        self.signal_all(signal.SIGCONT)
        self.kill()
        self._log.close()
