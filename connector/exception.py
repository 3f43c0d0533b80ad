"""Exceptions of connectors, named after the fact they report.

Their parent class decides what happens to the job: a :class:`RetryableJobError` is
retried later, anything else fails the job.
"""

from odoo.addons.queue_job.exception import JobError, RetryableJobError


class ConnectorException(Exception):
    """Base class of connector errors that are not job errors."""


class NoConnectorUnitError(ConnectorException):
    """No component was found; the name used by older connectors."""


class InvalidDataError(ConnectorException):
    """The data to send or to write is invalid."""


class MappingError(ConnectorException):
    """A record could not be mapped."""


class DependencyError(ConnectorException):
    """A dependency of the record could not be imported; the message says why."""


class UnknownFieldError(MappingError, KeyError):
    """A mapping names a field that does not exist in its model."""

    # KeyError shows the repr of its argument.
    __str__ = Exception.__str__


class MissingSourceError(MappingError, KeyError, TypeError):
    """A record to map lacks the items that a child mapping needs."""

    __str__ = Exception.__str__


class IncompleteListError(ConnectorException):
    """A list may have been read incompletely; the message says why.

    Raised by ``read_page`` and ``search_read`` of an adapter after the records that
    could be read have been returned. The import becomes incomplete: the received
    records are kept, and the cursor does not move.
    """


class NetworkRetryableError(RetryableJobError):
    """The external system could not be reached; the request can be retried."""


class NoExternalId(RetryableJobError):
    """The record has no external ID yet; it may get one later."""


class IDMissingInBackend(JobError):
    """The external ID does not exist (any more) in the external system."""


class ManyIDSInBackend(JobError):
    """The external system has several records with the same ID."""


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
