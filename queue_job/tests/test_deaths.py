"""The reason why a worker was lost is kept, and shown if its job fails for it."""

import asyncio
import os
import signal
import subprocess
import sys
from types import SimpleNamespace
from unittest.mock import patch

import psycopg2

from odoo.tests import BaseCase, tagged

from ..engine.connection.ended_session import SessionEnded
from ..engine.process import deaths
from ..engine.run import lost_session, sql
from ..engine.run.acquire import MAX_WORKER_DEATHS
from ..engine.sql import rescue
from ..jobrunner import server
from .engine_common import EngineCase

_UNKNOWN = "Process 1 on test ended or froze, for an unknown reason"


@tagged("post_install", "-at_install")
class TestDeaths(EngineCase):
    def setUp(self):
        super().setUp()
        self.configure("root:4")

    def lose(self, *, reason=None):
        """Lose a worker during its job, with a reason on its lease if given."""
        claim = self.claim()
        batch = self.batch(claim)
        batch.start(self.env.cr, batch.next_job())
        if reason:
            values = {"lease": claim.lease, "reason": reason}
            self.env.cr.execute(sql.NOTE_ON_LEASE, values)
        self.env.cr.execute(
            rescue.RESCUE_JOBS.text, {"ids": [self.workers[0]], "blame": True}
        )
        self.env.cr.execute("DELETE FROM queue_job_lease")
        self.env.invalidate_all()

    def note_deaths(self, host: str, ended: list[tuple[int, str]]) -> None:
        """Note deaths on the test's cursor instead of a monitoring connection."""

        class Connection:
            async def execute(_self, statement, params):
                self.env.cr.execute(statement, params)

        asyncio.run(deaths.note_deaths(Connection(), host, ended))

    def test_the_reason_on_the_lease_is_copied_to_the_job(self):
        record = self.delay("one")
        self.lose(reason="by an administrator")
        self.assertEqual((record.state, record.worker_deaths), ("pending", 1))
        self.assertEqual(record.death_reason, "by an administrator")
        # the next death may have no reason
        self.lose()
        self.assertEqual((record.worker_deaths, record.death_reason), (2, _UNKNOWN))

    def test_a_reason_recorded_late_is_added_to_the_message_of_the_failed_job(self):
        record = self.delay("one", max_retries=0)
        for _death in range(MAX_WORKER_DEATHS):
            self.lose()
        self.run_all()
        self.assertEqual(record.state, "failed")
        self.assertIn(_UNKNOWN, record.exc_message)
        self.note_deaths("elsewhere", [(1, "not this one")])
        self.note_deaths("test", [(1, "by SIGKILL"), (2, "nor this")])
        self.env.invalidate_all()
        self.assertIn(f"died {MAX_WORKER_DEATHS} time(s)", record.exc_message)
        self.assertTrue(record.exc_message.endswith(": by SIGKILL."))
        self.assertIn("by SIGKILL", record.exc_info)

    def test_a_reason_recorded_early_stays_on_the_lease(self):
        self.delay("one")
        claim = self.claim()
        self.note_deaths("test", [(1, "by SIGKILL")])
        self.env.cr.execute(
            "SELECT death_reason FROM queue_job_lease WHERE id = %s", [claim.lease]
        )
        self.assertEqual(self.env.cr.fetchone(), ("by SIGKILL",))

    def test_a_job_that_is_requeued_or_done_forgets_the_reason(self):
        record = self.delay("one")
        self.lose(reason="by an administrator")
        self.run_all()
        self.assertEqual((record.state, record.death_reason), ("done", False))
        requeued = self.delay("two")
        self.lose(reason="by an administrator")
        requeued.state = "failed"
        self.env.flush_all()
        requeued.state = "pending"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(requeued.death_reason)


@tagged("post_install", "-at_install")
class TestReasons(BaseCase):
    def status_of(self, code: str) -> tuple[int, int]:
        process = subprocess.Popen([sys.executable, "-c", code])
        return os.waitpid(process.pid, 0)

    def test_the_exit_status_of_a_process_is_explained(self):
        for code, expected in (
            ("", None),
            ("import os; os._exit(3)", "ended with exit code 3"),
            ("import os; os.kill(os.getpid(), 9)", "was killed with SIGKILL"),
            ("import os; os.kill(os.getpid(), 11)", "was terminated by SIGSEGV"),
            ("import os; os.kill(os.getpid(), 40)", "was terminated by signal 40"),
        ):
            with self.subTest(expected=expected):
                pid, status = self.status_of(code)
                reason = deaths.reason_of_exit(pid, "host", status)
                if expected is None:
                    self.assertIsNone(reason)
                else:
                    self.assertTrue(
                        reason.startswith(f"Process {pid} on host {expected}")
                    )

    def test_an_ended_process_is_removed_from_the_list_with_its_reason(self):
        class Server:
            def __init__(self, pid):
                self.queue_job_workers = {pid: None}
                self.queue_job_deaths = []

            def worker_pop(self, pid):
                self.queue_job_workers.pop(pid)

        process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1)
        forking = Server(process.pid)
        self.assertNotEqual(server._ended_process(), process.pid)
        process.send_signal(signal.SIGKILL)
        # without reaping it
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        self.assertTrue(server._ended_process())
        with self.assertLogs(server.__name__, "WARNING"):
            server._reap(forking, process.pid)
        self.assertFalse(forking.queue_job_workers)
        [(pid, reason)] = forking.queue_job_deaths
        self.assertEqual(pid, process.pid)
        self.assertIn("SIGKILL", reason)
        process.stdin.close()
        process.returncode = -signal.SIGKILL

    def test_whose_fault_it_is_that_a_session_ended(self):
        class Cr:
            _closed = False
            # not closed here: broken
            _cnx = SimpleNamespace(closed=2)

        idle = SessionEnded("terminating connection due to idle-in-transaction timeout")
        other = SessionEnded("terminating connection due to administrator command")
        hidden = ValueError("something else")
        hidden.__context__ = idle
        self.assertTrue(lost_session.is_own_fault(Cr, idle))
        self.assertTrue(lost_session.is_own_fault(Cr, hidden))
        self.assertFalse(lost_session.is_own_fault(Cr, other))
        self.assertFalse(lost_session.is_own_fault(Cr, psycopg2.errors.AdminShutdown()))
        with patch.object(Cr, "_closed", True):
            self.assertTrue(lost_session.is_own_fault(Cr, ValueError()))
