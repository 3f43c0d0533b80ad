"""The monitoring thread, which keeps the workers of this process alive everywhere.

It runs no job and waits for none, so a long or stuck job does not make its worker look
dead. Each database has a separate task in the thread's event loop, so one that does not
answer delays the heartbeat in no other.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..connection.monitor_connection import set_result_once

if TYPE_CHECKING:
    from .database_monitor import DatabaseMonitor
    from .process import JobProcess

_logger = logging.getLogger(__name__)

#: Pause in seconds after an unexpected error, so that it cannot flood the log.
_ERROR_INTERVAL = 1.0


class Supervisor(threading.Thread):
    """Polls the monitors of a process until it is asked to stop."""

    def __init__(self, process: JobProcess) -> None:
        super().__init__(name="queue_job.supervisor", daemon=True)
        self._process = process
        self._is_ended = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._notified: asyncio.Future | None = None
        self._tasks: dict = {}

    def notify(self) -> None:
        """Make the supervisor poll now; takes no lock, for signal handlers."""
        if self._loop is not None:
            with suppress(RuntimeError):
                # the loop is already closed
                self._loop.call_soon_threadsafe(self._wake_up)

    def stop(self) -> None:
        """End the thread, which unregisters from every database."""
        self._is_ended = True
        self.notify()

    def run(self) -> Any:
        # Python handles signals in the main thread, which does not wake up for a signal
        # that the kernel delivers to another thread
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        asyncio.run(self._run())

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        while not self._is_ended:
            self._notified = self._loop.create_future()
            if self._process.stopping.is_set():
                # a signal handler can only notify this thread
                self._process.notify_workers()
            self._follow_databases()
            timer = self._loop.call_later(
                self._process.databases.seconds_until_due(),
                set_result_once,
                self._notified,
                False,
            )
            await self._notified
            timer.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks.values())

    def _follow_databases(self) -> None:
        """Run a task for each current database; those of other databases end."""
        monitors = self._process.refresh()
        for monitor, task in list(self._tasks.items()):
            if task.done():
                del self._tasks[monitor]
            elif monitor not in monitors:
                monitor.notify()
        for monitor in monitors:
            if monitor not in self._tasks:
                self._tasks[monitor] = self._loop.create_task(self._supervise(monitor))

    def _wake_up(self) -> None:
        if self._notified is not None:
            set_result_once(self._notified, True)
        for monitor in self._tasks:
            monitor.notify()

    async def _supervise(self, monitor: DatabaseMonitor) -> None:
        while not self._is_ended and monitor in self._process.monitors():
            try:
                await monitor.poll()
                await monitor.wait()
            except Exception:
                _logger.exception(
                    "Unexpected error, supervision continues: database=%s",
                    monitor.database,
                )
                await asyncio.sleep(_ERROR_INTERVAL)
        await monitor.leave()
