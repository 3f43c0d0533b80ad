"""The ports that servers listen on."""

from __future__ import annotations

import os
import socket

from .errors import SetupError

HOST = "127.0.0.1"


def from_environment(variable: str, default: int) -> int:
    """Return the port that `variable` names, or `default`.

    :raises SetupError: the variable's value is no port
    """
    text = os.environ.get(variable) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SetupError(f"{variable}={text} is no port: give a number up to 65535")
    return int(text)


def require_free(port: int, variable: str, program: str) -> None:
    """Raise SetupError if `program` cannot listen on `port`, set by `variable`."""
    with socket.socket() as probe:
        # as the servers do: a port whose last connections are closing is free
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise SetupError(
                f"port {port} is taken, {program} can't listen there: stop what uses "
                f"it or name another port, for example {variable}={port + 1}"
            ) from None


def any_free() -> int:
    """Return a port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def free_after(port: int, *others: int) -> int:
    """Return the next port after `port` that nothing listens on, none of `others`."""
    for candidate in range(port + 1, 65536):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, candidate))
            except OSError:
                continue
        if candidate not in others:
            return candidate
    raise SetupError(f"no port after {port} is free")
