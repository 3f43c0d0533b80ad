"""What a node does about copies of databases: it knows them, and says so in the log."""

import logging
import os
import socket

from .config import adopts_copies
from .copies import (
    COPY,
    CopyStatus,
    read_cluster,
    read_status,
    record_identity,
)
from .sql import COPY_LOG_LOCK
from .sql import copies as sql

_logger = logging.getLogger(__name__)

#: What this process said last, by database; a scheduled action begins anew each minute.
_told: dict[str, tuple] = {}


class CopyGuard:
    """Looks at one database when a node begins to serve it, and with each heartbeat.

    ``cluster``: the PostgreSQL cluster, for claims; None until it is open.
    """

    def __init__(self, database: str):
        self._database = database
        self.cluster: str | None = None

    def open(self, connection) -> None:
        """Begin with a new connection, which may lead to another cluster."""
        with connection.cursor() as cursor:
            self.cluster = read_cluster(cursor)
        self.look(connection)

    def look(self, connection) -> None:
        """Record the identity of a database that is served for the first time; say once
        that it is a copy.

        :param connection: in autocommit; its session is the one of this process
        """
        with connection.cursor() as cursor:
            status = read_status(cursor, self.cluster)
            if status.stored is not None and status.origin is None:
                record_identity(cursor, status)
            elif status.differences and adopts_copies():
                record_identity(cursor, status)
                _logger.info(
                    "Database %s is served as %s from now on, as adopt_copies says; "
                    "changed: %s",
                    self._database,
                    status.here,
                    ", ".join(status.differences),
                )
                status = read_status(cursor, self.cluster)
            self._tell(cursor, status)

    def _tell(self, cursor, status: CopyStatus) -> None:
        told = (status.kind, status.is_held)
        if _told.get(self._database, (None, False)) == told:
            return
        _told[self._database] = told
        if not status.is_held:
            return
        # the processes of one server are a group
        node = f"{socket.gethostname()}:{os.getpgrp()}"
        cursor.execute(sql.CLAIM_LOG, {"lock": COPY_LOG_LOCK, "node": node})
        if not cursor.fetchone()[0]:
            return
        if status.kind == COPY:
            _logger.warning(
                "Database %s looks like a copy of %s (changed: %s): its jobs are not "
                "run. To run them, press Run Jobs in This Copy in the list of jobs, or "
                "enter: odoo queue resume -d %s. If it was only renamed or moved, "
                "enter: odoo queue resume --moved -d %s",
                self._database,
                status.origin.name,
                ", ".join(status.differences),
                self._database,
                self._database,
            )
        else:
            _logger.warning(
                "Database %s is neutralized: its jobs are not run. To run them, press "
                "Run Jobs in This Copy in the list of jobs, or enter: odoo queue "
                "resume -d %s",
                self._database,
                self._database,
            )
