"""The thread that keeps the workers of this process alive in every database.

It runs no job and waits for none, so a long job, or a stuck one, does not make its
worker look dead.
"""

import logging
import select
import signal
import socket
import threading
from contextlib import suppress

_logger = logging.getLogger(__name__)

#: A pause after an unforeseen error, so that it cannot fill the log.
_PAUSE = 1.0


class Watcher(threading.Thread):
    """Tends the stations of a node until it is told to stop."""

    def __init__(self, node):
        super().__init__(name="queue_job.watcher", daemon=True)
        self._node = node
        self._is_ended = False
        self._called, self._caller = socket.socketpair()
        for end in (self._called, self._caller):
            end.setblocking(False)

    def call(self) -> None:
        """Let the watcher look around now."""
        with suppress(OSError):
            # it was called often enough, or is not there any more
            self._caller.send(b".")

    def stop(self) -> None:
        """End the thread, which leaves every database."""
        self._is_ended = True
        self.call()

    def run(self):
        # Python handles signals in the main thread, which does not wake up for one
        # that the kernel gave to another thread
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        while not self._is_ended:
            try:
                self._round()
            except Exception:
                _logger.exception("The watcher goes on after this error")
                self._wait([], _PAUSE)
        for station in self._node.stations():
            station.leave()
        self._called.close()
        self._caller.close()

    def _round(self) -> None:
        if self._node.stopping.is_set():
            # a signal handler could only call this thread
            self._node.call_workers()
        stations = self._node.refresh()
        for station in stations:
            station.tend()
        timeout = min(
            [station.seconds() for station in stations],
            default=self._node.databases.seconds(),
        )
        self._wait(stations, min(timeout, self._node.databases.seconds()))

    def _wait(self, stations, seconds: float) -> None:
        connections = [station for station in stations if station.is_open]
        ready, _w, _x = select.select([self._called, *connections], [], [], seconds)
        if self._called in ready:
            self._called.recv(4096)
