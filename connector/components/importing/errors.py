"""Whether an error of an import concerns all records, or the current one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg2

from odoo.exceptions import LockError

from odoo.addons.component.exception import ComponentException
from odoo.addons.queue_job.exception import RetryableJobError

from ...exception import ConnectorException, NetworkRetryableError
from ...exceptions_http import RemoteAccessDenied, RemoteCallFailed
from ..http.redaction import mask
from ..sanitize import sanitize_text

if TYPE_CHECKING:
    from odoo.api import Environment


def is_transient(error: Exception) -> bool:
    """Whether an error is transient: something is locked."""
    return isinstance(
        error, RetryableJobError | LockError | psycopg2.errors.LockNotAvailable
    )


def aborts_batch(error: Exception) -> bool:
    """Whether other records would fail with the same error, or the transaction is
    aborted.

    The external system cannot be reached or is throttling, a component is missing, or
    PostgreSQL aborted the transaction. Any other error concerns the record only: a
    dependency is rejected or locked, or its data is invalid.
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


def is_record_failure(error: Exception) -> bool:
    """Whether an error concerns a record, and is to be reported on a line."""
    is_about_login = isinstance(error, RemoteAccessDenied)
    return not (is_about_login or is_transient(error) or aborts_batch(error))


def failure_reason(env: Environment, error: Exception) -> str:
    """Return the message of an error for a report: no traceback, no secrets."""
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
    return sanitize_text(mask(text))
