"""The import path of the job model for other addons."""

from ..exception import JobError, RetryableJobError
from ..fields import JobSerialized
from ..graph import Graph
from ..job import (
    CANCELLED,
    DONE,
    ENQUEUED,
    FAILED,
    PENDING,
    STARTED,
    WAIT_DEPENDENCIES,
    Job,
)
from .job.model import QueueJob

__all__ = [
    "CANCELLED",
    "DONE",
    "ENQUEUED",
    "FAILED",
    "PENDING",
    "STARTED",
    "WAIT_DEPENDENCIES",
    "Graph",
    "Job",
    "JobError",
    "JobSerialized",
    "QueueJob",
    "RetryableJobError",
]
