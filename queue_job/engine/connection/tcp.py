"""The socket under a connection of psycopg2, examined from another thread.

Nothing here waits or sends data: the thread that uses the connection may be in the
middle of a statement.
"""

from __future__ import annotations

import os
import socket
import struct
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_ACTIVE

#: Bytes acknowledged and received, in the tcp_info of Linux.
_TCP_BYTES = slice(120, 136)

#: When TCP gives up a silent peer, as libpq parameters.
KEEPALIVE = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 4,
    "tcp_user_timeout": 15000,
}
_SOCKET_OPTIONS = {
    "keepalives_idle": "TCP_KEEPIDLE",
    "keepalives_interval": "TCP_KEEPINTVL",
    "keepalives_count": "TCP_KEEPCNT",
    "tcp_user_timeout": "TCP_USER_TIMEOUT",
}


@contextmanager
def _socket_of(connection: Any) -> Any:
    """Yield a separate socket on the same TCP connection, None if it is closed."""
    try:
        duplicate = os.dup(connection.fileno())
    except (OSError, psycopg2.Error):
        yield None
        return
    with socket.socket(fileno=duplicate) as own:
        # if it was closed in the meantime, the number may be that of another file
        yield None if connection.closed else own


def is_active(connection: Any) -> bool:
    """Tell whether a command was sent whose answer is incomplete."""
    with suppress(psycopg2.Error):
        return connection.get_transaction_status() == TRANSACTION_STATUS_ACTIVE
    return False


def keep_alive(connection: Any) -> None:
    """Make TCP detect a lost peer, as on the monitoring connection."""
    with _socket_of(connection) as sock:
        if sock is None or sock.family not in (socket.AF_INET, socket.AF_INET6):
            return
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEEPALIVE.items():
            if option := getattr(socket, _SOCKET_OPTIONS[name], None):
                sock.setsockopt(socket.IPPROTO_TCP, option, value)


def traffic(connection: Any) -> tuple | None:
    """Return what changes when data is transferred: (unread bytes, unsent bytes,
    counters); None if the connection is closed."""
    with _socket_of(connection) as sock:
        if sock is None:
            return None
        counters = b""
        if sock.family != socket.AF_UNIX and hasattr(socket, "TCP_INFO"):
            info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
            counters = info[_TCP_BYTES]
        return (
            _count(sock, "FIONREAD"),
            _count(sock, "TIOCOUTQ"),
            counters,
        )
    return None


def _count(sock: socket.socket, request: str) -> int:
    # not at the top: without them the addon still installs, and cron runs the jobs
    import fcntl
    import termios

    with suppress(OSError):
        size = fcntl.ioctl(sock, getattr(termios, request), struct.pack("i", 0))
        return struct.unpack("i", size)[0]
    return 0


def shut(connection: Any) -> None:
    """Shut the socket down: a waiting thread gets an error."""
    with _socket_of(connection) as sock:
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
