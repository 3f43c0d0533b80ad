"""Ends a server that was asked to stop and cannot, so that it never hangs forever.

A thread that waits for a database that does not answer cannot be ended, and keeps the
locks of its connection and of Odoo's pool, which a graceful stop waits for. So there is
a deadline, :data:`LEEWAY` after the grace period of jobs:

* a job worker's process, and a threaded server, end themselves (:func:`end_after`);
* the forking server kills job workers that are still running, in case one could not;
* while a server loads its databases, its main thread may be inside of libpq, where
  Python handles no signal: a separate thread receives it (:class:`LoadGuard`).
"""

import gc
import logging
import os
import signal
import socket
import threading

from ..engine import config as settings

_logger = logging.getLogger(__name__)

#: Seconds after the grace period until a process ends itself.
LEEWAY = 2.5
#: The same until its parent kills it.
LEEWAY_OF_PARENT = 3.0


def spare_the_teardown() -> None:
    """Make the interpreter end without a last garbage collection.

    That takes seconds on a busy machine, during which no thread can end the process.
    """
    gc.freeze()


def end_after(requested: threading.Event | None = None) -> None:
    """End this process if it is still running this long after a stop was requested.

    ``requested`` is set on that request; without it the request is now.
    """
    threading.Thread(
        target=_end, args=(requested,), name="queue_job.hard_stop", daemon=True
    ).start()


def _end(requested: threading.Event | None) -> None:
    # a signal that the kernel delivers to this thread would not wake up the main one
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    if requested is not None:
        requested.wait()
    # an event that is never set: daemon threads end with the process
    threading.Event().wait(settings.grace_seconds() + LEEWAY)
    _logger.error(
        "Process blocked and did not stop in time, exiting; its jobs run again: "
        "seconds=%g",
        settings.grace_seconds() + LEEWAY,
    )
    logging.shutdown()
    os._exit(1)


class LoadGuard:
    """Makes a signal end the process while the main thread is outside of Python code.

    A context manager, for the main thread. Its thread has ended afterwards, so that
    processes can be forked.
    """

    def __init__(self):
        self._read, self._write = socket.socketpair()
        self._write.setblocking(False)
        self._thread = threading.Thread(
            target=self._watch, name="queue_job.load_guard", daemon=True
        )

    def __enter__(self):
        self._before = signal.set_wakeup_fd(
            self._write.fileno(), warn_on_full_buffer=False
        )
        self._thread.start()
        return self

    def __exit__(self, *exc_info):
        signal.set_wakeup_fd(self._before)
        self._write.close()
        self._thread.join()
        self._read.close()

    def _watch(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        while numbers := self._read.recv(64):
            if {signal.SIGINT, signal.SIGTERM}.intersection(numbers):
                self._read.settimeout(settings.grace_seconds() + LEEWAY)
                self._wait_for_end()
                return

    def _wait_for_end(self) -> None:
        try:
            while self._read.recv(64):
                pass
        except TimeoutError:
            _logger.error("Stop requested while databases are loaded, exiting")
            logging.shutdown()
            os._exit(1)
