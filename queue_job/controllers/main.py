"""The class that other addons derive from, or patch, to wrap how jobs are run.

Workers run each job through the class methods of :class:`RunJobController`, or of the
class that the addons of the database derive from it. Their names date from the time
when HTTP requests ran the jobs; workers no longer use HTTP.
"""

from odoo import SUPERUSER_ID, http

from ..delay import chain, group
from ..engine.run.commit import prevent_commit as _prevent_commit
from ..engine.run.executor import (
    DEPENDS_MAX_TRIES_ON_CONCURRENCY_FAILURE,
    PG_RETRY,
    JobExecutor,
)
from ..exception import FailedJobError, RetryableJobError
from ..job import ENQUEUED, Job
from .run_job import RunJob
from .test_jobs import TestJobs

__all__ = [
    "DEPENDS_MAX_TRIES_ON_CONCURRENCY_FAILURE",
    "ENQUEUED",
    "PG_RETRY",
    "SUPERUSER_ID",
    "FailedJobError",
    "Job",
    "RetryableJobError",
    "RunJobController",
    "_prevent_commit",
    "chain",
    "group",
]


class RunJobController(JobExecutor, RunJob, TestJobs, http.Controller):
    """Runs one job; provides the routes to test jobs."""
