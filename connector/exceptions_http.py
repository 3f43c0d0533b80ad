"""What a call to another system can end in: one class for each thing to do next.

* :class:`RemoteUnavailable`: try again later, by itself;
* :class:`RemoteBusy`: try again at the time the other system named;
* :class:`RemoteRefused`: a person has to change something, trying again is useless;
* ``IDMissingInBackend`` (in :mod:`odoo.addons.connector.exception`): it is gone;
* :class:`RemoteProtocolError`: never, the two sides do not speak the same language.

Jobs need no code for it: the first two are postponed, the others fail at once.
"""

from odoo.addons.queue_job.exception import FailedJobError

from .exception import InvalidDataError, NetworkRetryableError


class RemoteUnavailable(NetworkRetryableError):
    """The other system cannot be reached, or fails: it may work again later."""


class RemoteCallFailed(RemoteUnavailable):
    """The other system fails at this call; it need not fail at others."""


class RemoteBusy(RemoteUnavailable):
    """The other system asked to be left alone for ``seconds``.

    Waiting as told is no failed try, hence ``ignore_retry``.
    """

    def __init__(self, msg: str, seconds: int | None = None, ignore_retry: bool = True):
        super().__init__(msg, seconds=seconds, ignore_retry=ignore_retry)


class RemoteRefused(FailedJobError):
    """The other system understood and said no: a person has to decide."""


class RemoteAccessDenied(RemoteRefused):
    """The credentials are wrong, or do not allow this."""


class RemoteInvalidData(RemoteRefused, InvalidDataError):
    """The other system does not accept the values it was sent."""


class RemoteProtocolError(FailedJobError):
    """The answer is not one this connector can understand."""
