"""The engine under the names by which earlier runners were started and stopped."""

import threading
import time

from odoo.sql_db import connection_info_for

from ..engine import config
from ..engine.node import Node
from ..engine.sql.workers import TAKE_BACK_ORPHANS
from ..engine.worker import JobWorker

#: Key of the lock by which earlier runners elected a leader; kept for its name.
PG_ADVISORY_LOCK_ID = 2293787760715711918


def _channels() -> str:
    """Return the effective channel string."""
    return config.channels_text() or "root:1"


def _connection_info_for(db_name: str) -> dict:
    """Return the parameters of the direct connection to a database."""
    _name, info = connection_info_for(db_name)
    return {**info, **config.connection_overrides()}


class QueueJobRunner:
    """The workers of one process, from start to stop."""

    def __init__(self, slots: int | None = None, kind: str = "thread", names=None):
        self.node = Node(slots or config.worker_count(), kind, names)
        self._workers = [JobWorker(self.node, slot) for slot in range(self.node.slots)]
        self._threads: list[threading.Thread] = []

    @classmethod
    def from_environ_or_config(cls) -> "QueueJobRunner":
        """Return the configured runner.

        :raises ValueError: if no entry of a channel string is valid
        """
        return cls()

    def start(self) -> None:
        """Start the monitoring thread; the caller runs the jobs."""
        self.node.start()

    def work_once(self) -> None:
        """Run the ready jobs, or wait for some; for the first worker."""
        worker = self._workers[0]
        if not worker.work():
            self.node.wait(worker.slot, 60)

    def work_if_any(self) -> bool:
        """Run what the first worker can lease now; return False if there is nothing."""
        return self._workers[0].work()

    def wait_until_open(self, seconds: float) -> bool:
        """Wait until a database registers the workers; return False on timeout."""
        deadline = time.monotonic() + seconds
        while not any(station.is_open for station in self.node.stations()):
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
        self.node.stopping.wait()
        deadline = time.monotonic() + config.grace_seconds()
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self.close()

    def ask_to_stop(self) -> None:
        """Begin no further job; for signal handlers: it takes no lock."""
        self.node.stopping.set()
        self.node.call_watcher()

    def stop(self) -> None:
        """Begin no further job, let :meth:`run` end."""
        self.node.stop()

    def close(self) -> None:
        """Unregister from the databases."""
        if not self._threads:
            # the first worker used this thread; the others close their own sessions
            self._workers[0].close()
        self.node.close()


class Database:
    """A database, under the name of earlier runners."""

    def __init__(self, db_name: str):
        self.db_name = db_name

    def _query_requeue_dead_jobs(self) -> str:
        """Return the statement that takes back orphaned jobs."""
        return TAKE_BACK_ORPHANS
