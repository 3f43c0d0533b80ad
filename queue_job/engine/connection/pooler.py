"""Detects a connection pooler between a process and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import sql
from .monitor_connection import MonitorConnection


async def shares_sessions(
    connection: MonitorConnection, open_other: Callable[..., Any]
) -> bool:
    """Tell whether a pooler lends the session of this connection to other clients
    between transactions: then it can neither keep locks nor receive notifications.

    ``open_other(database)`` opens another connection.
    """
    session = await _session(connection)
    if session == connection.client_side_pid:
        # sent when it was opened: a pooler cannot know it yet and invents a number
        return False
    other = await open_other(connection.database)
    try:
        await other.execute("BEGIN")
        # its transaction is open now, and keeps its session
        lent = await _session(other)
        return lent == session or await _session(connection) != session
    finally:
        other.close()


async def _session(connection: MonitorConnection) -> int:
    [(pid,)] = await connection.execute(sql.BACKEND_PID)
    return pid
