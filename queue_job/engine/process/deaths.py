"""Records why a process of this host ended, and its workers with it.

Their jobs are rescued by other processes, which only see that the locks are free. The
operating system tells the forking server how each of its processes ended; the process
that replaces it records the reason, as the server itself has no connection: on the
leases, from which it is copied to the jobs. A job may have been rescued by then: it is
found by the text that stands for an unknown reason.
"""

from __future__ import annotations

import os
import signal
from typing import Any

from . import sql


async def note_deaths(
    connection: Any, host: str, deaths: list[tuple[int, str]]
) -> None:
    """Record on leases and jobs why processes of ``host`` ended.

    Two statements in this order, so that jobs rescued in between get it as well.
    """
    for pid, reason in deaths:
        values = {"pid": pid, "node": host, "reason": reason}
        await connection.execute(sql.NOTE_ON_LEASES_OF_PROCESS, values)
        await connection.execute(sql.NOTE_ON_JOBS_OF_PROCESS, values)


def reason_of_exit(pid: int, host: str, status: int) -> str | None:
    """Return why a process ended, by its status from ``os.waitpid``; None if it ended
    normally."""
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return None
    process = f"Process {pid} on {host}"
    if code > 0:
        return f"{process} ended with exit code {code}"
    number = -code
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    if number == signal.SIGKILL:
        return (
            f"{process} was killed with {name}, by a user or by the out-of-memory "
            "killer of the kernel (see the kernel log)"
        )
    dumped = " and dumped core" if os.WCOREDUMP(status) else ""
    return f"{process} was terminated by {name}{dumped}"
