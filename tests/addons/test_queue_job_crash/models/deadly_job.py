import argparse
import asyncio
import builtins
import os
import random
import signal
import sys
import threading
import time
from contextlib import suppress

from psycopg2.extensions import (
    ISOLATION_LEVEL_READ_COMMITTED,
    ISOLATION_LEVEL_REPEATABLE_READ,
)

from odoo import models


class Direct(BaseException):
    """Not an ``Exception``, as libraries define them."""


class Unspeakable(Exception):
    """Its conversion to text raises an exception that ends programs."""

    @property
    def args(self):
        sys.exit(2)

    def __str__(self):
        raise KeyboardInterrupt


class Group(getattr(builtins, "BaseExceptionGroup", Direct)):
    """Of several errors, one ends the process; Python 3.10 has no such group."""


def _parse():
    argparse.ArgumentParser(prog="job").parse_args(["--unknown"])


def _recurse():
    _recurse()


def _raise(error):
    raise error


#: Exceptions that end an unprepared thread or process.
RAISES = {
    "SystemExit": lambda: sys.exit(1),
    "argparse": _parse,
    "KeyboardInterrupt": lambda: _raise(KeyboardInterrupt),
    "GeneratorExit": lambda: _raise(GeneratorExit),
    "CancelledError": lambda: _raise(asyncio.CancelledError()),
    "Group": lambda: _raise(Group("two", [SystemExit(2)])),
    "Direct": lambda: _raise(Direct("of a library")),
    "MemoryError": lambda: _raise(MemoryError()),
    "RecursionError": _recurse,
    "Unspeakable": lambda: _raise(Unspeakable()),
}


class TestCrashDeadly(models.Model):
    """Jobs that would end the thread or process that runs them."""

    _inherit = "test.crash.row"

    def raise_this(self, kind):
        """Raise what ends threads and processes."""
        RAISES[kind]()

    def raise_in_hook(self):
        """Succeed, but raise while the result is stored."""

    def _job_store_values_for_raise_in_hook(self, job):
        if job.state == "done":
            sys.exit(1)
        return {}

    def exit_process(self, code):
        """End the process immediately."""
        os._exit(code)

    def fault(self):
        """End the process as a memory error does."""
        signal.raise_signal(signal.SIGSEGV)

    def fork_and_exit(self, number):
        """Insert one row; a child process ends by an exception."""
        pid = os.fork()
        if not pid:
            sys.exit(7)
        _pid, status = os.waitpid(pid, 0)
        assert os.waitstatus_to_exitcode(status) == 7
        self.create({"number": number})

    def leave_thread(self, number):
        """Insert one row; start a thread that never ends."""
        threading.Thread(target=threading.Event().wait, name="left behind").start()
        self.create({"number": number})

    def ask_process_to_stop(self, number):
        """Insert one row, and ask the process to stop in the meantime."""
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.3)
        self.create({"number": number})

    def stay_idle(self, seconds):
        """Compute for longer than the database allows a transaction to idle."""
        self.env.cr.execute("SET idle_in_transaction_session_timeout TO '200ms'")
        time.sleep(seconds)
        self.env.cr.execute("SELECT 1")

    def query_too_long(self, seconds):
        """Query for longer than the session allows."""
        self.env.cr.execute("SET statement_timeout TO '100ms'")
        self.env.cr.execute("SELECT pg_sleep(%s)", [seconds])

    def lose_session(self):
        """Terminate the own database session, as administrators do."""
        self.env.cr.execute("SELECT pg_backend_pid()")
        [pid] = self.env.cr.fetchone()
        with self.env.registry.cursor() as cr:
            cr.execute("SELECT pg_terminate_backend(%s)", [pid])
        time.sleep(0.1)
        self.env.cr.execute("SELECT 1")

    def stay_idle_and_hide_it(self, seconds):
        """The same, and hide the error that follows."""
        with suppress(Exception):
            self.stay_idle(seconds)

    def lose_session_and_say_much(self):
        """Terminate the session; the error has a line too long for an index."""
        with suppress(Exception):
            self.lose_session()
        raise ValueError(random.Random(1).randbytes(5000).hex())

    def close_connection(self):
        """Close the connection the job runs on."""
        self.env.cr._cnx.close()
        self.env.cr.execute("SELECT 1")

    def delete_own_row(self):
        """Delete the row of this job."""
        self.env.cr.execute(
            "DELETE FROM queue_job WHERE uuid = %s", [self.env.context["job_uuid"]]
        )

    def change_transactions(self):
        """Leave the session in autocommit, and check that it was not before."""
        connection = self.env.cr._cnx
        assert not connection.autocommit
        assert connection.isolation_level == ISOLATION_LEVEL_REPEATABLE_READ
        self.env.cr.rollback()
        connection.set_session(
            isolation_level=ISOLATION_LEVEL_READ_COMMITTED, autocommit=True
        )
        raise ValueError("later")

    def forget_database(self):
        """Remove the attributes that Odoo sets on the thread."""
        del threading.current_thread().dbname

    def close_cursor(self):
        """Close the cursor the job runs on."""
        self.env.cr.close()
        self.env.cr.execute("SELECT 1")
