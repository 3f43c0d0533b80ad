from types import SimpleNamespace
from unittest.mock import patch

import psycopg2

from odoo.tests import TransactionCase
from odoo.tools import mute_logger

from ..engine.connection.session import Session
from ..engine.process.worker import JobWorker
from .engine_common import FakeClock


class TestSession(TransactionCase):
    def setUp(self):
        super().setUp()
        self.database = self.env.cr.dbname
        self.session = Session()
        self.addCleanup(self.session.close)

    def value(self, statement):
        cursor = self.session.cursor(self.database)
        cursor.execute(statement)
        return cursor.fetchone()[0]

    def test_a_session_is_kept_so_that_statements_are_planned_once(self):
        self.session.cursor(self.database).execute("PREPARE kept AS SELECT 7")
        self.session.clean()
        self.assertEqual(self.value("EXECUTE kept"), 7)

    def test_what_a_job_leaves_in_its_session_is_reset_for_the_next(self):
        cursor = self.session.cursor(self.database)
        cursor.execute(
            "SET statement_timeout TO 12345; SET datestyle TO German; "
            "CREATE TEMPORARY TABLE left_over (id int); "
            "SELECT pg_advisory_lock(12345)"
        )
        cursor.cache["left"] = "over"
        cursor.commit()
        self.session.clean()
        self.assertEqual(self.value("SHOW statement_timeout"), "0")
        self.assertIn("ISO", self.value("SHOW datestyle"))
        self.assertIsNone(self.value("SELECT to_regclass('left_over')"))
        self.assertFalse(
            self.value("SELECT count(*) FROM pg_locks WHERE objid = 12345 AND granted")
        )
        self.assertFalse(self.session.cursor(self.database).cache)

    def test_a_session_is_left_for_that_of_another_database(self):
        first = self.session.cursor(self.database)
        self.assertIs(self.session.cursor(self.database), first)
        self.session.cursor("postgres")
        self.assertTrue(first.closed)
        self.assertEqual(self.session.database, "postgres")

    def test_a_discarded_session_is_not_reused(self):
        """The process that rescues its jobs ends it."""
        pid = self.value("SELECT pg_backend_pid()")
        connection = self.session.cursor(self.database)._cnx
        self.session.discard()
        self.assertTrue(connection.closed)
        self.assertNotEqual(self.value("SELECT pg_backend_pid()"), pid)

    @mute_logger("odoo.sql_db")
    def test_a_session_that_broke_is_replaced(self):
        pid = self.value("SELECT pg_backend_pid()")
        self.env.cr.execute("SELECT pg_terminate_backend(%s)", [pid])
        while self.env.cr.rowcount:
            # a transaction keeps its first snapshot
            self.env.cr.execute("SELECT pg_stat_clear_snapshot()")
            self.env.cr.execute(
                "SELECT 1 FROM pg_stat_get_activity(NULL) WHERE pid = %s", [pid]
            )
        with self.assertRaises(psycopg2.OperationalError):
            self.value("SELECT 1")
        self.assertEqual(self.value("SELECT 1"), 1)

    def test_a_busy_database_starves_no_other(self):
        monitors = [
            SimpleNamespace(
                database=name,
                is_open=True,
                registrations=[SimpleNamespace(worker=1, due=0.0)],
            )
            for name in ("one", "other")
        ]
        process = SimpleNamespace(
            monitors=lambda: monitors,
            clock=FakeClock(),
            stopping=SimpleNamespace(is_set=lambda: False),
        )
        served = []

        def serve(worker, monitor, registration):
            served.append(monitor.database)
            return True

        with patch.object(JobWorker, "_serve", serve):
            worker = JobWorker(process, 0)
            for _turn in range(4):
                worker.work()
        self.assertEqual(served[::2], ["other", "one"] * 2)
        self.assertEqual(len(served), 8)
