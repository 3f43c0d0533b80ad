"""The workers of one process, from start to stop."""

from __future__ import annotations

import threading
import time

from .. import config
from .process import JobProcess
from .worker import JobWorker


class JobRunner:
    """Starts the workers of a process in threads of it, and stops them.

    :param slots: number of jobs to run at once, by default that of the configuration
    :param kind: type of the process, shown to users
    :param names: the databases to serve, all of the server's by default
    """

    def __init__(
        self,
        slots: int | None = None,
        kind: str = "thread",
        names: list[str] | None = None,
    ) -> None:
        self.process = JobProcess(slots or config.worker_count(), kind, names)
        self._workers = [
            JobWorker(self.process, slot) for slot in range(self.process.slots)
        ]
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the supervisor; the caller runs the jobs."""
        self.process.start()

    def work_once(self) -> None:
        """Run the ready jobs or wait for one; for the first worker."""
        worker = self._workers[0]
        if not worker.work():
            self.process.wait(worker.slot, 60)

    def work_if_any(self) -> bool:
        """Run what the first worker can lease now; return False if there is nothing."""
        return self._workers[0].work()

    def wait_until_open(self, seconds: float) -> bool:
        """Wait until the workers are registered in a database; return False on
        timeout."""
        deadline = time.monotonic() + seconds
        while not any(monitor.is_open for monitor in self.process.monitors()):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def run(self) -> None:
        """Work in threads until :meth:`stop`."""
        self.start()
        self._threads = [
            threading.Thread(
                target=worker.run,
                name=f"queue_job.worker{worker.slot}",
                daemon=True,
            )
            for worker in self._workers
        ]
        for thread in self._threads:
            thread.start()
        self.process.stopping.wait()
        deadline = time.monotonic() + config.grace_seconds()
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self.close()

    def ask_to_stop(self) -> None:
        """Start no further job; for signal handlers: it takes no lock."""
        self.process.stopping.set()
        self.process.notify_supervisor()

    def stop(self) -> None:
        """Start no further job; :meth:`run` ends."""
        self.process.stop()

    def close(self) -> None:
        """Unregister from the databases."""
        if not self._threads:
            # the first worker used this thread; the others close their own sessions
            self._workers[0].close()
        self.process.close()
