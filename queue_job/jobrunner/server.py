"""Job workers in Odoo's servers: threads of the threaded server, processes of the
forking server, supervised like its HTTP and cron workers.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from typing import Any

import psutil

from odoo.service import server
from odoo.tools import config

from ..engine import config as settings
from ..engine.process.deaths import reason_of_exit
from . import hard_stop
from .runner import QueueJobRunner

_logger = logging.getLogger(__name__)

#: Seconds that earlier runners waited before their first job; workers do not wait.
START_DELAY = 0

#: The runner of this process, when it is a threaded server.
runner_thread: QueueJobRunnerThread | None = None


class QueueJobRunnerThread(threading.Thread):
    """A runner whose workers are threads of this process."""

    def __init__(self):
        super().__init__(name="queue_job.runner", daemon=True)
        self.runner = QueueJobRunner.from_environ_or_config()

    def run(self) -> Any:
        self.runner.run()

    def stop(self) -> None:
        """Stop the workers after their running job; wait for the grace period."""
        self.runner.stop()
        if self.is_alive():
            self.join(settings.grace_seconds() + 1)


class WorkerJobRunner(server.Worker):
    """A process of the forking server that runs jobs, one at a time.

    The limits of HTTP requests do not apply to it; the memory limits do, between jobs.
    """

    def __init__(self, multi):
        super().__init__(multi)
        self.watchdog_timeout = None
        self.runner = None
        # the next process records them
        self._deaths, multi.queue_job_deaths = multi.queue_job_deaths, []

    def signal_handler(self, sig: int, frame: Any) -> None:
        if not self.alive:
            # it may have interrupted this very method, which holds a lock
            return
        super().signal_handler(sig, frame)
        if self.runner is not None:
            self.runner.ask_to_stop()

    def _runloop(self):
        # as Odoo's loop does for other signals: only the main thread handles this one
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        super()._runloop()

    def sleep(self) -> None:
        """Do nothing: :meth:`process_work` waits if there is no work."""

    def check_limits(self) -> None:
        """End the process, between two leases, if it is orphaned or too big."""
        if self.ppid != os.getppid():
            _logger.info("Job worker exiting, its server is gone: pid=%s", self.pid)
            self.alive = False
        used = server.memory_info(psutil.Process())
        if config["limit_memory_soft"] and used > config["limit_memory_soft"]:
            _logger.info(
                "Job worker exiting, memory limit reached: pid=%s bytes=%s",
                self.pid,
                used,
            )
            self.alive = False
        server.set_limit_memory_hard()

    def process_work(self) -> None:
        self.runner.work_once()

    def start(self) -> None:
        super().start()
        # service managers send it to every process of a server, beside its parent's
        # SIGINT: both request a graceful stop
        signal.signal(signal.SIGTERM, self.signal_handler)
        if self.multi.socket:
            self.multi.socket.close()
        self.runner = QueueJobRunner(slots=1, kind="process")
        self.runner.process.deaths = self._deaths
        hard_stop.end_after(self.runner.process.stopping)
        self.runner.start()

    def stop(self) -> None:
        super().stop()
        self.runner.close()
        hard_stop.spare_the_teardown()


def _is_runner_enabled() -> bool:
    """Tell whether the configuration lets this server run jobs."""
    return settings.is_enabled()


def _start_runner_thread(server_type: str) -> None:
    """Start the workers of a threaded server."""
    global runner_thread
    if config["stop_after_init"] or config["test_enable"]:
        return
    if not _is_runner_enabled():
        _logger.info("Job workers not started, the root channel has a capacity of 0")
        return
    _logger.info(
        "Starting job workers: workers=%s server=%s",
        settings.worker_count(),
        server_type,
    )
    runner_thread = QueueJobRunnerThread()
    runner_thread.start()


def _stop_runner_thread() -> None:
    global runner_thread
    if runner_thread:
        runner_thread.stop()
        runner_thread = None


def _ended_process() -> int | None:
    """Return the pid of a child process that ended and was not reaped yet."""
    try:
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return None
    return ended and ended.si_pid


def _reap(multi: server.PreforkServer, pid: int) -> None:
    """Remove an ended job worker from the list, and remember the reason."""
    _ended, status = os.waitpid(pid, 0)
    if reason := reason_of_exit(pid, socket.gethostname(), status):
        _logger.warning("Job worker died: pid=%s reason=%s", pid, reason)
        multi.queue_job_deaths.append((pid, reason))
    multi.worker_pop(pid)


def _wrap(cls, name, wrapper) -> None:
    original = getattr(cls, name)
    if not hasattr(original, "queue_job_original"):
        wrapper.queue_job_original = original
        setattr(cls, name, wrapper)


def hook_servers() -> None:
    """Make the servers of this process start job workers; idempotent."""
    _hook_loading()
    _hook_threaded_server()
    _hook_forking_server()


def _hook_loading() -> None:
    preload_registries = server.preload_registries

    def preload(*args: Any, **kwargs: Any) -> Any:
        is_main = threading.current_thread() is threading.main_thread()
        if not is_main or not _is_runner_enabled() or config["stop_after_init"]:
            return preload_registries(*args, **kwargs)
        with hard_stop.LoadGuard():
            return preload_registries(*args, **kwargs)

    _wrap(server, "preload_registries", preload)


def _hook_threaded_server() -> None:
    threaded_start = server.ThreadedServer.start
    threaded_stop = server.ThreadedServer.stop

    def start(self: Any, *args: Any, **kwargs: Any) -> None:
        result = threaded_start(self, *args, **kwargs)
        _start_runner_thread("threaded server")
        return result

    def stop(self: Any, *args: Any, **kwargs: Any) -> None:
        if runner_thread:
            hard_stop.end_after()
        _stop_runner_thread()
        return threaded_stop(self, *args, **kwargs)

    _wrap(server.ThreadedServer, "start", start)
    _wrap(server.ThreadedServer, "stop", stop)


def _hook_forking_server() -> None:
    prefork_init = server.PreforkServer.__init__
    prefork_spawn = server.PreforkServer.process_spawn
    prefork_pop = server.PreforkServer.worker_pop
    prefork_zombie = server.PreforkServer.process_zombie
    prefork_stop_workers = server.PreforkServer.stop_workers_gracefully

    def __init__(self, *args, **kwargs):
        prefork_init(self, *args, **kwargs)
        self.queue_job_workers = {}
        self.queue_job_deaths = []
        self.queue_job_population = (
            settings.worker_count() if _is_runner_enabled() else 0
        )

    def process_spawn(self: Any) -> None:
        result = prefork_spawn(self)
        while len(self.queue_job_workers) < self.queue_job_population:
            self.worker_spawn(WorkerJobRunner, self.queue_job_workers)
        return result

    def process_zombie(self: Any) -> None:
        # not left to Odoo: it stops the server when a process ends with exit code 3,
        # which any job can cause
        while (pid := _ended_process()) in self.queue_job_workers:
            _reap(self, pid)
        return prefork_zombie(self) if pid else None

    def worker_pop(self: Any, pid: int) -> None:
        self.queue_job_workers.pop(pid, None)
        return prefork_pop(self, pid)

    def stop_workers_gracefully(self: Any) -> None:
        for worker in self.queue_job_workers.values():
            # then the server kills it, like a request that takes too long
            worker.watchdog_timeout = (
                settings.grace_seconds() + hard_stop.LEEWAY_OF_PARENT
            )
            worker.watchdog_time = time.time()
        prefork_stop_workers(self)
        if self.queue_job_population:
            hard_stop.spare_the_teardown()

    _wrap(server.PreforkServer, "__init__", __init__)
    _wrap(server.PreforkServer, "process_spawn", process_spawn)
    _wrap(server.PreforkServer, "worker_pop", worker_pop)
    _wrap(server.PreforkServer, "process_zombie", process_zombie)
    _wrap(server.PreforkServer, "stop_workers_gracefully", stop_workers_gracefully)
