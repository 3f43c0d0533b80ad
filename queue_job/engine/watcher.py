"""The monitoring thread, which keeps the workers of this process alive everywhere.

It runs no job and waits for none, so a long or stuck job does not make its worker look
dead. Each database has a separate task in the thread's event loop, so one that does not
answer delays the heartbeat in no other.
"""

import asyncio
import logging
import signal
import threading
from contextlib import suppress

from .monitor_connection import settle

_logger = logging.getLogger(__name__)

#: Pause in seconds after an unexpected error, so that it cannot flood the log.
_PAUSE = 1.0


class Watcher(threading.Thread):
    """Monitors the databases of a process until it is asked to stop."""

    def __init__(self, node):
        super().__init__(name="queue_job.watcher", daemon=True)
        self._node = node
        self._is_ended = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._called: asyncio.Future | None = None
        self._tasks: dict = {}

    def call(self) -> None:
        """Wake up the thread; takes no lock, for signal handlers."""
        if self._loop is not None:
            with suppress(RuntimeError):
                # the loop is already closed
                self._loop.call_soon_threadsafe(self._look_around)

    def stop(self) -> None:
        """End the thread, which unregisters from every database."""
        self._is_ended = True
        self.call()

    def run(self):
        # Python handles signals in the main thread, which does not wake up for a signal
        # that the kernel delivers to another thread
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        asyncio.run(self._watch())

    async def _watch(self) -> None:
        self._loop = asyncio.get_running_loop()
        while not self._is_ended:
            self._called = self._loop.create_future()
            if self._node.stopping.is_set():
                # a signal handler can only wake up this thread
                self._node.call_workers()
            self._follow_databases()
            timer = self._loop.call_later(
                self._node.databases.seconds(), settle, self._called, False
            )
            await self._called
            timer.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks.values())

    def _follow_databases(self) -> None:
        """Run a task for each current database; those of other databases end."""
        stations = self._node.refresh()
        for station, task in list(self._tasks.items()):
            if task.done():
                del self._tasks[station]
            elif station not in stations:
                station.call()
        for station in stations:
            if station not in self._tasks:
                self._tasks[station] = self._loop.create_task(self._tend(station))

    def _look_around(self) -> None:
        if self._called is not None:
            settle(self._called, True)
        for station in self._tasks:
            station.call()

    async def _tend(self, station) -> None:
        while not self._is_ended and station in self._node.stations():
            try:
                await station.tend()
                await station.wait()
            except Exception:
                _logger.exception("Unexpected error in the monitoring thread")
                await asyncio.sleep(_PAUSE)
        await station.leave()
