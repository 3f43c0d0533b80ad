"""One process that runs jobs: its databases, its workers, its supervisor."""

from __future__ import annotations

import os
import threading

from ..claim.averages import Averages
from ..claim.claimer import Claimer
from ..clock import Clock, monotonic
from ..config import configured_limits, connect_timeout
from .database_monitor import DatabaseMonitor
from .databases import Databases
from .supervisor import Supervisor


class JobProcess:
    """What the workers of one process share.

    ``slots``: number of jobs it runs at once; ``kind``: type of the process, shown to
    users; ``names``: the databases to serve, all of the server's by default;
    ``clock``: measures all intervals.
    """

    def __init__(
        self,
        slots: int,
        kind: str,
        names: list[str] | None = None,
        clock: Clock = monotonic,
    ) -> None:
        self.slots = slots
        self.kind = kind
        self.clock = clock
        #: The process does nothing else, and is restarted when it ends.
        self.is_replaceable = kind == "process"
        self.databases = Databases(names, self.notify_supervisor, clock)
        self.averages = Averages()
        self.claimer = Claimer(configured_limits(), self.averages)
        #: Pid of processes of this host that ended, and why, noted in each database.
        self.deaths: list[tuple[int, str]] = []
        self.stopping = threading.Event()
        self._monitors: dict[str, DatabaseMonitor] = {}
        self._notified = threading.Condition()
        self._supervisor = Supervisor(self)

    def start(self) -> None:
        # jobs open connections too, in Odoo's pool, which opens only one at a time
        os.environ.setdefault("PGCONNECT_TIMEOUT", str(connect_timeout()))
        self._supervisor.start()

    def stop(self) -> None:
        """Ask the workers to stop after the running job."""
        self.stopping.set()
        self.notify_workers()
        self.notify_supervisor()

    def close(self) -> None:
        """Unregister from the databases, after the workers have stopped."""
        self.stopping.set()
        self._supervisor.stop()
        if self._supervisor.is_alive():
            self._supervisor.join(5)

    async def abandon_process(self) -> None:
        """End this process, as one of its jobs is stuck, if another replaces it.

        In a process with other work the job keeps its thread until it returns.
        """
        if self.is_replaceable:
            for monitor in self.monitors():
                await monitor.leave()
            os._exit(1)

    def monitors(self) -> list[DatabaseMonitor]:
        return list(self._monitors.values())

    def refresh(self) -> list[DatabaseMonitor]:
        """Return the monitors of the current databases; the supervisor closes the
        others."""
        names = self.databases.names()
        for name in names:
            if name not in self._monitors:
                monitor = DatabaseMonitor(name, self)
                monitor.deaths = self.deaths
                self._monitors[name] = monitor
        for name in self._monitors.keys() - set(names):
            del self._monitors[name]
        return self.monitors()

    def notify_workers(self) -> None:
        """Wake up the idle workers."""
        with self._notified:
            self._notified.notify_all()

    def notify_supervisor(self) -> None:
        self._supervisor.notify()

    def wait(self, slot: int, at_most: float) -> None:
        """Make a worker sleep until it is notified or due to claim in a database."""
        with self._notified:
            if self.stopping.is_set():
                return
            now = self.clock()
            due = [
                monitor.registrations[slot].due
                for monitor in self.monitors()
                if monitor.is_open and monitor.registrations[slot].worker
            ]
            seconds = min([at_most, *(at - now for at in due)])
            if seconds > 0:
                self._notified.wait(seconds)
