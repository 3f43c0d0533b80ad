"""The import path of the job function model for other addons."""

from ..fields import JobSerialized
from .function.model import QueueJobFunction, regex_job_function_name

__all__ = ["JobSerialized", "QueueJobFunction", "regex_job_function_name"]
