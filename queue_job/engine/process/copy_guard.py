"""Records, adopts and reports database copies, for a worker."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ..config import adopts_copies
from ..copies.identity import COPY, CopyStatus, read_cluster, record_identity
from .server_memory import is_news

if TYPE_CHECKING:
    from odoo.sql_db import Cursor

_logger = logging.getLogger(__name__)


class CopyGuard:
    """Checks each database with every claim in it; for one worker."""

    def __init__(self) -> None:
        self._clusters: dict[str, str | None] = {}

    def cluster(self, cr: Cursor) -> str | None:
        """Return the PostgreSQL cluster of ``cr`` for the claim; cached."""
        if cr.dbname not in self._clusters:
            self._clusters[cr.dbname] = read_cluster(cr)
            cr.rollback()
        return self._clusters[cr.dbname]

    def forget(self, database: str) -> None:
        """Drop the cached cluster: the connection may lead to another one now."""
        self._clusters.pop(database, None)

    def check(self, cr: Cursor, status: CopyStatus) -> None:
        """Record the identity of a database that is served for the first time; report a
        copy once.

        :param cr: without open transaction; is committed
        :param status: as the claim has just read it
        """
        if status.stored is not None and status.origin is None:
            record_identity(cr, status)
        elif status.differences and adopts_copies():
            record_identity(cr, status)
            _logger.info(
                "Copy adopted, adopt_copies is set: database=%s changed=%s identity=%s",
                cr.dbname,
                ",".join(status.differences),
                status.here,
            )
        else:
            _report(status)
            return
        cr.commit()  # pylint: disable=invalid-commit


def _report(status: CopyStatus) -> None:
    name = status.here.name
    # a status that changed back is reported again
    kind = status.kind if status.is_held else None
    if not is_news(name, kind) or kind is None:
        return
    if kind == COPY:
        _logger.warning(
            "Jobs not run, the database looks like a copy. To run them, press Run Jobs "
            "in This Copy in the list of jobs, or enter: odoo queue resume "
            "-d %(name)s. If it was only renamed or moved, enter: odoo queue resume "
            "--moved -d %(name)s: database=%(name)s origin=%(origin)s "
            "changed=%(changed)s",
            {
                "name": name,
                "origin": status.origin.name,
                "changed": ",".join(status.differences),
            },
        )
    else:
        _logger.warning(
            "Jobs not run, the database is neutralized. To run them, press Run Jobs in "
            "This Copy in the list of jobs, or enter: odoo queue resume -d %(name)s: "
            "database=%(name)s",
            {"name": name},
        )
