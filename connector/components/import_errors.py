"""Whom an error met during an import concerns: all records, or the one at hand."""

from __future__ import annotations

import psycopg2

from odoo.exceptions import LockError

from odoo.addons.component.exception import ComponentException
from odoo.addons.queue_job.exception import RetryableJobError

from ..exception import ConnectorException, NetworkRetryableError
from ..exceptions_http import RemoteAccessDenied, RemoteCallFailed
from .rest.masking import mask
from .storable import storable_text


def is_for_a_moment(error: Exception) -> bool:
    """Whether an error will be over soon by itself: something is locked."""
    return isinstance(
        error, RetryableJobError | LockError | psycopg2.errors.LockNotAvailable
    )


def concerns_all_records(error: Exception) -> bool:
    """Whether other records would meet the same error, or the transaction is over.

    The other system cannot be reached or asks to wait, a component is missing, or
    PostgreSQL ended the transaction. Anything else stays with the record: what it needs
    is refused, locked, or not understood.
    """
    if isinstance(error, RemoteCallFailed | psycopg2.errors.LockNotAvailable):
        return False
    return isinstance(
        error,
        NetworkRetryableError
        | ComponentException
        | psycopg2.OperationalError
        | psycopg2.InterfaceError,
    )


def stays_with_record(error: Exception) -> bool:
    """Whether something is wrong with a record, so that a line is to tell of it."""
    is_about_login = isinstance(error, RemoteAccessDenied)
    return not (is_about_login or is_for_a_moment(error) or concerns_all_records(error))


def reason_of(env, error: Exception) -> str:
    """Return an error in the words of a report: no traceback, no secret."""
    text = str(error).strip()
    if isinstance(error, psycopg2.IntegrityError):
        models = (cls for cls in env.registry.values() if not cls._abstract)
        table = error.diag.table_name
        name = next((cls._name for cls in models if cls._table == table), "base")
        text = env[name]._sql_error_to_message(error)
    elif isinstance(error, ConnectorException):
        text = text or type(error).__name__
    elif isinstance(error, KeyError):
        text = env._("%s is missing (KeyError).", text)
    elif isinstance(error, TypeError | AttributeError):
        text = env._(
            "Unexpected format (%(kind)s: %(what)s).",
            kind=type(error).__name__,
            what=text,
        )
    elif not text:
        text = type(error).__name__
    return storable_text(mask(text))
