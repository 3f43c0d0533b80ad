"""Errors of the queue, sorted by what becomes of the job that raises them."""


class BaseQueueJobError(Exception):
    """An error of the job queue."""


class JobError(BaseQueueJobError):
    """A job had an error."""


class NoSuchJobError(JobError):
    """The job does not exist (any more)."""


class InvalidJobError(BaseQueueJobError, TypeError):
    """The job cannot be stored: an argument or a property is not valid."""


class UndecodableJobError(BaseQueueJobError, ValueError):
    """The stored arguments of the job cannot be read."""


class NewerDocumentError(UndecodableJobError):
    """A newer version of this addon stored the arguments of the job."""


class FailedJobError(JobError):
    """The job failed and must not be tried again."""


class RetryableJobError(JobError):
    """The job could not do its work now and must be tried again later.

    ``seconds`` is the wait before the next try: seconds as a number or as text, a
    timedelta, or a pair of these between which a wait is drawn. Without it the job
    function's retry pattern decides. With ``ignore_retry`` the try is not counted
    against ``max_retries``.

    :raises TypeError, ValueError: when ``seconds`` is no wait
    """

    # for subclasses which do not call the constructor
    seconds = None
    ignore_retry = False

    def __init__(self, msg, seconds=None, ignore_retry=False):
        super().__init__(msg)
        if seconds:
            # late: the package of jobs imports these errors
            from .job.retry_seconds import seconds_to_wait

            seconds_to_wait(seconds)
        self.seconds = seconds
        self.ignore_retry = ignore_retry


class ChannelNotFound(BaseQueueJobError):
    """A channel with this name does not exist."""
