"""One process that runs jobs: its databases, its workers, its watcher."""

import os
import threading
import time

from ..claim.averages import Averages
from ..claim.claimer import Claimer
from ..config import configured_limits, connect_timeout
from .database_monitor import Station
from .databases import Databases
from .supervisor import Watcher


class Node:
    """The workers of one process.

    ``slots``: how many jobs it runs at once; ``kind``: what the process is, shown to
    people; ``names``: the databases to serve, all of the server's by default.
    """

    def __init__(self, slots: int, kind: str, names: list[str] | None = None):
        self.slots = slots
        self.kind = kind
        #: The process does nothing else, and is started again when it ends.
        self.is_replaceable = kind == "process"
        self.databases = Databases(names, self.call_watcher)
        self.averages = Averages()
        self.claimer = Claimer(configured_limits(), self.averages)
        #: Processes of this host that ended, and why, to be told in each database.
        self.deaths: list[tuple[int, str]] = []
        self.stopping = threading.Event()
        self._stations: dict[str, Station] = {}
        self._called = threading.Condition()
        self._watcher = Watcher(self)

    def start(self) -> None:
        # jobs open connections too, in Odoo's pool, which lets only one open at a time
        os.environ.setdefault("PGCONNECT_TIMEOUT", str(connect_timeout()))
        self._watcher.start()

    def stop(self) -> None:
        """Ask the workers to stop after the job in hand."""
        self.stopping.set()
        self.call_workers()
        self.call_watcher()

    def close(self) -> None:
        """Leave the databases, when the workers are done."""
        self.stopping.set()
        self._watcher.stop()
        if self._watcher.is_alive():
            self._watcher.join(5)

    async def abandon_process(self) -> None:
        """End this process, as a job in it can't be ended, if others make up for it.

        In a process with other work the job keeps its thread until it returns.
        """
        if self.is_replaceable:
            for station in self.stations():
                await station.leave()
            os._exit(1)

    def stations(self) -> list[Station]:
        return list(self._stations.values())

    def refresh(self) -> list[Station]:
        """Return the stations of the databases there are now; the watcher leaves the
        others."""
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
        """Wake the workers up that wait for work."""
        with self._called:
            self._called.notify_all()

    def call_watcher(self) -> None:
        self._watcher.call()

    def wait(self, slot: int, at_most: float) -> None:
        """Let a worker sleep until it is called or one of its seats is due."""
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
