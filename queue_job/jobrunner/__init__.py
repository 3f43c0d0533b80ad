"""Starts job workers beside the HTTP and cron workers of any Odoo server.

Importing this package hooks the servers of ``odoo.service.server``, so it must be
imported before the server is created: with ``queue_job`` in ``server_wide_modules``.
"""

from ..engine.config import queue_job_config
from .runner import QueueJobRunner
from .server import (
    START_DELAY,
    QueueJobRunnerThread,
    WorkerJobRunner,
    _is_runner_enabled,
    _start_runner_thread,
    hook_servers,
)

__all__ = [
    "START_DELAY",
    "QueueJobRunner",
    "QueueJobRunnerThread",
    "WorkerJobRunner",
    "_is_runner_enabled",
    "_start_runner_thread",
    "queue_job_config",
    "runner_thread",
]


def __getattr__(name):
    if name == "runner_thread":
        from . import server

        return server.runner_thread
    raise AttributeError(name)


hook_servers()
