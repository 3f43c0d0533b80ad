"""A wait that ends when a socket is ready, on timeout, or when another task ends it."""

from __future__ import annotations

import asyncio

from ..connection.monitor_connection import set_result_once, wait_for_socket


class WakeUp:
    """For one task of the event loop of a thread."""

    def __init__(self) -> None:
        self._notified: asyncio.Future | None = None

    async def wait(self, seconds: float, fileno: int | None) -> None:
        """Wait for the socket ``fileno``, if any, for at most so many seconds."""
        if seconds <= 0:
            # yield to other tasks
            await asyncio.sleep(0)
            return
        loop = asyncio.get_running_loop()
        self._notified = loop.create_future()
        try:
            if fileno is not None:
                await wait_for_socket(fileno, seconds, future=self._notified)
                return
            timer = loop.call_later(seconds, set_result_once, self._notified, False)
            await self._notified
            timer.cancel()
        finally:
            self._notified = None

    def notify(self) -> None:
        """End the wait; for the same thread."""
        if self._notified is not None:
            set_result_once(self._notified, False)
