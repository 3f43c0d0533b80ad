"""Jobs in memory, and how they reach the table ``queue_job``.

Other addons import from here; their tests replace the ``datetime`` of this module, so
the clock of jobs uses it.
"""

import os
from datetime import datetime, timedelta

from ..exception import FailedJobError, NoSuchJobError, RetryableJobError
from . import clock
from .clock import database_now, refresh_clock
from .identity import identity_exact, identity_exact_hasher
from .job import Job
from .states import (
    CANCELLED,
    DEFAULT_MAX_RETRIES,
    DEFAULT_PRIORITY,
    DONE,
    ENQUEUED,
    FAILED,
    PENDING,
    RETRY_INTERVAL,
    STARTED,
    STATES,
    WAIT_DEPENDENCIES,
)
from .target import _is_model_method, first_line_of_doc

__all__ = [
    "CANCELLED",
    "DEFAULT_MAX_RETRIES",
    "DEFAULT_PRIORITY",
    "DONE",
    "ENQUEUED",
    "FAILED",
    "PENDING",
    "RETRY_INTERVAL",
    "STARTED",
    "STATES",
    "WAIT_DEPENDENCIES",
    "FailedJobError",
    "Job",
    "NoSuchJobError",
    "RetryableJobError",
    "_is_model_method",
    "database_now",
    "datetime",
    "first_line_of_doc",
    "identity_exact",
    "identity_exact_hasher",
    "os",
    "refresh_clock",
    "timedelta",
]


def _local_now() -> datetime:
    # the global: tests replace it
    return datetime.now()


clock.use(_local_now)
