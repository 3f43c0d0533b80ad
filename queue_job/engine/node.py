"""One process that runs jobs: its databases, its workers, its monitoring thread."""

import os
import threading
import time

from .averages import Averages
from .claim import Claimer
from .config import configured_limits, connect_timeout
from .databases import Databases
from .station import Station
from .watcher import Watcher


class Node:
    """The workers of one process.

    ``slots``: number of jobs it runs at once; ``kind``: type of the process, shown to
    users; ``names``: the databases to serve, all of the server's by default.
    """

    def __init__(self, slots: int, kind: str, names: list[str] | None = None):
        self.slots = slots
        self.kind = kind
        #: The process does nothing else, and is restarted when it ends.
        self.is_replaceable = kind == "process"
        self.databases = Databases(names, self.call_watcher)
        self.averages = Averages()
        self.claimer = Claimer(configured_limits(), self.averages)
        #: Ended processes of this host and the reasons, to record in each database.
        self.deaths: list[tuple[int, str]] = []
        self.stopping = threading.Event()
        self._stations: dict[str, Station] = {}
        self._called = threading.Condition()
        self._watcher = Watcher(self)

    def start(self) -> None:
        # jobs open connections too, in Odoo's pool, which opens only one at a time
        os.environ.setdefault("PGCONNECT_TIMEOUT", str(connect_timeout()))
        self._watcher.start()

    def stop(self) -> None:
        """Ask the workers to stop after the running job."""
        self.stopping.set()
        self.call_workers()
        self.call_watcher()

    def close(self) -> None:
        """Unregister from the databases, after the workers have stopped."""
        self.stopping.set()
        self._watcher.stop()
        if self._watcher.is_alive():
            self._watcher.join(5)

    async def abandon_process(self) -> None:
        """End this process, as one of its jobs is stuck, if the process is replaceable.

        In a process with other work the job keeps its thread until it returns.
        """
        if self.is_replaceable:
            for station in self.stations():
                await station.leave()
            os._exit(1)

    def stations(self) -> list[Station]:
        return list(self._stations.values())

    def refresh(self) -> list[Station]:
        """Return the monitors of the current databases; the monitoring thread closes
        the others."""
        names = self.databases.look()
        for name in names:
            if name not in self._stations:
                station = Station(name, self)
                station.deaths = self.deaths
                self._stations[name] = station
        for name in self._stations.keys() - set(names):
            del self._stations[name]
        return self.stations()

    def call_workers(self) -> None:
        """Wake up the idle workers."""
        with self._called:
            self._called.notify_all()

    def call_watcher(self) -> None:
        self._watcher.call()

    def wait(self, slot: int, at_most: float) -> None:
        """Let a worker sleep until it is notified or due in one of the databases."""
        with self._called:
            if self.stopping.is_set():
                return
            now = time.monotonic()
            due = [
                station.seats[slot].due
                for station in self.stations()
                if station.is_open and station.seats[slot].worker
            ]
            seconds = min([at_most, *(at - now for at in due)])
            if seconds > 0:
                self._called.wait(seconds)
