"""Prepared statements, which each database session plans once.

Planning an update of a table with as many partial indexes as ``queue_job`` takes longer
than the update itself.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING

from psycopg2.errors import InvalidSqlStatementName

if TYPE_CHECKING:
    from odoo.sql_db import Cursor

_logger = logging.getLogger(__name__)

_SAVEPOINT = "queue_job_prepared"


def _listed(items: Iterable[str]) -> str:
    listed = ", ".join(items)
    return f"({listed})" if listed else ""


class Prepared:
    """A statement with named parameters, ``%(name)s``, and their PostgreSQL types.

    It stays prepared as long as the cursor: the pool resets a session between cursors.
    """

    #: False once a session lost its prepared statements, as behind some poolers.
    is_usable = True

    def __init__(self, text: str, **types: str) -> None:
        self.text = text
        numbers = {name: f"${number}" for number, name in enumerate(types, 1)}
        numbered = re.sub(r"%\((\w+)\)s", lambda match: numbers[match[1]], text)
        self._prepare = f"PREPARE {{}}{_listed(types.values())} AS {numbered}"
        self._call = f"EXECUTE {{}}{_listed(f'%({name})s' for name in types)}"

    def execute(self, cr: Cursor, values: dict) -> None:
        """Run the statement on an Odoo cursor, in a savepoint.

        After a conflict, :meth:`undo` keeps what the transaction did before.
        """
        try:
            self._execute(cr, self.call(cr), values)
        except InvalidSqlStatementName:
            Prepared.give_up()
            self.undo(cr)
            self._execute(cr, self.text, values)

    def call(self, cr: Cursor) -> str:
        """Return the text to execute instead of the statement, on this cursor."""
        if not Prepared.is_usable:
            return self.text
        names = vars(cr).setdefault("queue_job_prepared", {})
        if self not in names:
            name = f"queue_job_{secrets.token_hex(6)}"
            # a name generated here: PREPARE takes no parameter for it
            # pylint: disable-next=sql-injection
            cr.execute(self._prepare.format(name))
            names[self] = name
        return self._call.format(names[self])

    @staticmethod
    def give_up() -> None:
        """Stop preparing statements: this session lost those prepared before."""
        _logger.info("Statements not prepared, database sessions are shared")
        Prepared.is_usable = False

    @staticmethod
    def _execute(cr: Cursor, statement: str, values: dict) -> None:
        cr.execute(f"SAVEPOINT {_SAVEPOINT}; {statement}", values, log_exceptions=False)

    @staticmethod
    def undo(cr: Cursor) -> None:
        """Roll back to before the failed statement."""
        # a constant name: SAVEPOINT takes no parameter
        # pylint: disable=sql-injection
        cr.execute(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}")
