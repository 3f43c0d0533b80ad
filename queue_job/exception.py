"""Errors of the job queue, by their effect on the job that raises them."""


class BaseQueueJobError(Exception):
    """An error of the job queue."""


class JobError(BaseQueueJobError):
    """A job had an error."""


class NoSuchJobError(JobError):
    """The job does not exist."""


class InvalidJobError(BaseQueueJobError, TypeError):
    """The job cannot be stored: an argument or a property is invalid."""


class UndecodableJobError(BaseQueueJobError, ValueError):
    """The stored arguments of the job cannot be decoded."""


class NewerDocumentError(UndecodableJobError):
    """A newer version of this addon stored the arguments of the job."""


class FailedJobError(JobError):
    """The job failed and must not be retried."""


class RetryableJobError(JobError):
    """The job could not do its work now and must be retried later.

    ``seconds`` is the delay before the next attempt: seconds as a number or string, a
    timedelta, or a pair of these from which a delay is drawn. Without it the retry
    pattern of the job function applies. With ``ignore_retry`` the attempt is not
    counted against ``max_retries``.

    :raises TypeError, ValueError: if ``seconds`` is not a valid delay
    """

    # for subclasses that do not call the constructor
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
