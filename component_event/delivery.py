"""How a listener method is run: decorators."""

import logging
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import psycopg2

from .failure import listener_method

_logger = logging.getLogger(__name__)


def isolated(method: Callable) -> Callable:
    """Decorate a listener method: its failure does not stop what fired the event.

    It runs in a savepoint: when it fails, what it did is rolled back, and the error
    is logged. Conflicts with another transaction (``psycopg2.OperationalError``)
    still go to the caller, for which Odoo tries again.
    """

    @wraps(method)
    def in_savepoint(self: Any, *args: Any, **kwargs: Any) -> Any:
        # what is pending is the caller's: its errors are not the listener's
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
    """Decorate a listener method: it runs once the transaction is committed.

    Never when the transaction is rolled back. It is for effects outside of the
    database: to write, it opens a cursor of its own. Errors are logged.
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
    _logger.exception("%s failed.", listener_method(method.__get__(listener)))
