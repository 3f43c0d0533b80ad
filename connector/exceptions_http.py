"""Errors of requests to an external system: one class for each way to react.

* :class:`RemoteUnavailable`: retry later, automatically;
* :class:`RemoteBusy`: retry at the time given by the external system;
* :class:`RemoteRefused`: someone has to change something, retrying is useless;
* ``IDMissingInBackend`` (in :mod:`odoo.addons.connector.exception`): the record no
  longer exists;
* :class:`RemoteProtocolError`: never retry, the response does not follow the protocol.

Jobs need no code to handle them: the first two postpone the job, the others fail it
immediately.
"""

from odoo.addons.queue_job.exception import FailedJobError

from .exception import InvalidDataError, NetworkRetryableError


class RemoteUnavailable(NetworkRetryableError):
    """The external system cannot be reached or fails; it may work again later."""


class RemoteCallFailed(RemoteUnavailable):
    """The external system failed to process this request; others may succeed."""


class RemoteBusy(RemoteUnavailable):
    """The external system is throttling: retry after ``seconds``.

    Waiting as requested is not a failed attempt, hence ``ignore_retry``.
    """

    def __init__(self, msg: str, seconds: int | None = None, ignore_retry: bool = True):
        super().__init__(msg, seconds=seconds, ignore_retry=ignore_retry)


class RemoteRefused(FailedJobError):
    """The external system rejected the request: someone has to decide."""


class RemoteAccessDenied(RemoteRefused):
    """The credentials are wrong, or do not permit this request."""


class RemoteInvalidData(RemoteRefused, InvalidDataError):
    """The external system rejected the values sent."""


class RemoteProtocolError(FailedJobError):
    """The response does not have the format that the connector expects."""
