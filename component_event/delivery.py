"""Decorators that change how a listener method runs."""

import logging
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import psycopg2

from .failure import listener_method

_logger = logging.getLogger(__name__)


def isolated(method: Callable) -> Callable:
    """Decorate a listener method whose errors must not break the caller.

    It runs in a savepoint: on error, its changes are rolled back and the error is
    logged. Conflicts with another transaction (``psycopg2.OperationalError``) still
    propagate, so that Odoo retries the transaction.
    """

    @wraps(method)
    def in_savepoint(self: Any, *args: Any, **kwargs: Any) -> Any:
        # pending writes are the caller's: their errors must not be the listener's
        self.env.cr.flush()
        try:
            with self.env.cr.savepoint():
                return method(self, *args, **kwargs)
        except psycopg2.OperationalError:
            raise
        except Exception:
            _log_failure(method, self)
            return None

    return in_savepoint


def after_commit(method: Callable) -> Callable:
    """Decorate a listener method to run after the transaction is committed.

    It does not run if the transaction is rolled back. Use it for effects outside the
    database; to write, open a new cursor. Errors are logged.
    """

    @wraps(method)
    def when_committed(self: Any, *args: Any, **kwargs: Any) -> None:
        self.env.cr.postcommit.add(partial(run, self, *args, **kwargs))

    def run(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            method(self, *args, **kwargs)
        except Exception:
            _log_failure(method, self)

    return when_committed


def _log_failure(method: Callable, listener: Any) -> None:
    _logger.exception(
        "Listener failed: listener=%s", listener_method(method.__get__(listener))
    )
