"""Where other addons import the model of job functions from."""

from ..fields import JobSerialized
from .function.model import QueueJobFunction, regex_job_function_name

__all__ = ["JobSerialized", "QueueJobFunction", "regex_job_function_name"]
