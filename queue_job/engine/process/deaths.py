"""Why a process of this host ended, and with it the workers it had.

Their jobs are rescued by others, who only see that the locks are free. The system
tells the forking server how each of its processes ended; the process that takes its
place writes it down, as the server itself keeps no connection: on the leases, from
where it goes to the jobs. A job may have been rescued by then: it is found by the
text that says that no reason is known.
"""

from __future__ import annotations

import os
import signal
from typing import Any

from . import sql


async def note_deaths(
    connection: Any, host: str, deaths: list[tuple[int, str]]
) -> None:
    """Leave on the leases and jobs of processes of ``host`` why those ended.

    In two statements, in this order: what is rescued in between gets it as well.
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
