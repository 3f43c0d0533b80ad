"""Confines what a job's own code raises to that job.

The rule: whatever a job's own code raises decides about that job, and about nothing
else. Its own code is its method, what the flush of its work computes, the hooks
that its model and its job function add (storing, failing, notifying users, releasing
its dependents), its arguments when they are loaded, and the overrides of other addons.

Python ends threads and processes with exceptions that are not an :class:`Exception`:
``SystemExit`` (also from ``argparse``), ``KeyboardInterrupt``, ``GeneratorExit``,
``asyncio.CancelledError``, a group of these, a direct subclass of ``BaseException``.
:class:`job_code` wraps every call of a job's own code and lets none of them escape: it
raises :class:`JobAborted` from it, an ``Exception``, so that ordinary error handling
applies. The job fails after one attempt, with the traceback of what it raised.

Only these are let through, as they did not come from the job:

* :class:`.interrupt.JobInterrupted`, if the engine did interrupt this job;
* a ``KeyboardInterrupt`` in the main thread after a signal; workers run their jobs in
  other threads, where Python raises none: signals ask the server to stop in good order;
* anything while the interpreter ends;
* whatever happens in a process the job forked and did not end: it ends there.

What ends a process without an exception (SIGKILL, ``os._exit``, out of memory) cannot
be handled in this process: the job is rescued and the death is counted, see
:mod:`..process.deaths`.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, Literal

from odoo.service import server

from ...job import text
from .interrupt import JobInterrupted
from .lease import LeasedBatch

if TYPE_CHECKING:
    from typing import Self


class JobAborted(Exception):
    """A job raised an exception that would end its thread or process: the cause.

    Here it ends only that job.
    """


class job_code:
    """Context manager around every call of a job's own code; see the module.

    :raises JobAborted: from an exception that is not an ``Exception``
    """

    def __enter__(self) -> Self:
        self._pid = os.getpid()
        return self

    def __exit__(
        self, kind: Any, error: BaseException | None, traceback: Any
    ) -> Literal[False]:
        if os.getpid() != self._pid:
            # a forked child: the original process continues with the same connections
            os._exit(_exit_code(error))
        if error is None or isinstance(error, Exception) or _is_from_outside(error):
            return False
        raise JobAborted(
            f"The job raised {text.name_of(error)}: {text.message_of(error)}"
        ) from error


def _exit_code(error: BaseException | None) -> int:
    if not isinstance(error, SystemExit):
        return 0 if error is None else 1
    if error.code is None or isinstance(error.code, int):
        return (error.code or 0) & 0xFF
    return 1


def _is_from_outside(error: BaseException) -> bool:
    """Tell whether an exception does not come from the job."""
    if sys.is_finalizing():
        return True
    if isinstance(error, JobInterrupted):
        return _is_interrupted()
    if not isinstance(error, KeyboardInterrupt):
        return False
    if threading.current_thread() is not threading.main_thread():
        return False
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        return True
    # Odoo's server raises it when it is asked to stop
    return bool(getattr(server.server, "quit_signals_received", 0))


def _is_interrupted() -> bool:
    batch = LeasedBatch.of_this_thread()
    leased = batch and batch.current
    return bool(leased and leased.interruptible and leased.interruptible.interruption)


def raised_by(error: Exception) -> BaseException:
    """Return what the job raised."""
    if isinstance(error, JobAborted) and error.__cause__ is not None:
        return error.__cause__
    return error
