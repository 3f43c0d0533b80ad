"""Exceptions of connectors, named after the fact they report.

What they mean to the job that meets them follows from their parent: a
:class:`RetryableJobError` is tried again later, anything else fails the job.
"""

from odoo.addons.queue_job.exception import JobError, RetryableJobError


class ConnectorException(Exception):
    """Base of the errors of connectors that are not errors of jobs."""


class NoConnectorUnitError(ConnectorException):
    """No component was found: the name of this error in old connectors."""


class InvalidDataError(ConnectorException):
    """The data to send or to write is not valid."""


class MappingError(ConnectorException):
    """A record could not be mapped."""


class DependencyError(ConnectorException):
    """A record needs another one that could not be imported: the message says why."""


class UnknownFieldError(MappingError, KeyError):
    """A mapping names a field that its model does not have."""

    # KeyError shows the repr of its argument.
    __str__ = Exception.__str__


class MissingSourceError(MappingError, KeyError, TypeError):
    """A record to map lacks the items that a mapping of children needs."""

    __str__ = Exception.__str__


class IncompleteListError(ConnectorException):
    """A list was read, but perhaps not completely: the message says why.

    Raised by ``read_page`` and ``search_read`` of an adapter after the records that
    were read well were handed over. An import that meets it is incomplete: what came is
    kept, the cursor stays where it was.
    """


class NetworkRetryableError(RetryableJobError):
    """The other system could not be reached; it can be tried again."""


class NoExternalId(RetryableJobError):
    """The record has no external id yet; it may have one later."""


class IDMissingInBackend(JobError):
    """The external id does not exist (any more) in the other system."""


class ManyIDSInBackend(JobError):
    """The other system holds several records for one id."""


__all__ = [
    "ConnectorException",
    "DependencyError",
    "IDMissingInBackend",
    "IncompleteListError",
    "InvalidDataError",
    "JobError",
    "ManyIDSInBackend",
    "MappingError",
    "MissingSourceError",
    "NetworkRetryableError",
    "NoConnectorUnitError",
    "NoExternalId",
    "RetryableJobError",
    "UnknownFieldError",
]
