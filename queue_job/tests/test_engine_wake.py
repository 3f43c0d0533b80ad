import math
from types import SimpleNamespace
from unittest.mock import patch

import psycopg2

from odoo.sql_db import connection_info_for
from odoo.tests import TransactionCase

from ..engine import databases
from ..engine.sql.schema import CHANNEL_TRIGGER, TRIGGERS
from ..engine.station import Station
from ..jobs.twins import CREATE_TRIGGERS


class LentSession:
    """A connection through a pooler, which does not know the pid of its session."""

    def __init__(self, connection):
        self.cursor = connection.cursor
        self.close = connection.close

    def get_backend_pid(self) -> int:
        return -1


class TestWake(TransactionCase):
    def connect(self):
        _name, info = connection_info_for(self.env.cr.dbname)
        connection = psycopg2.connect(**info)
        connection.autocommit = True
        self.addCleanup(connection.close)
        return connection

    def test_a_call_that_comes_with_the_answer_to_a_statement_is_heard(self):
        node = SimpleNamespace(slots=0, stopping=None, call_workers=lambda: None)
        station = Station(self.env.cr.dbname, node)
        station._connection = self.connect()
        station._execute("LISTEN queue_job_wake_test", {})
        with self.connect().cursor() as cursor:
            cursor.execute("NOTIFY queue_job_wake_test")
        station._beat_at = math.inf
        self.assertGreater(station.seconds(), 0.0)
        station._execute("SELECT 1", {})
        self.assertEqual(station.seconds(), 0.0)
        station._hear()
        self.assertEqual(station.calls, 1)

    def test_the_triggers_are_made_in_words_that_postgresql_13_knows(self):
        for statements in (TRIGGERS, CHANNEL_TRIGGER, CREATE_TRIGGERS):
            self.assertIn("CREATE TRIGGER", statements)
            self.assertNotIn("OR REPLACE TRIGGER", statements)

    def is_shared(self, connection, other) -> bool:
        """Tell what is found when the next connection is ``other``."""
        with patch.object(databases, "connect", return_value=other):
            return databases.shares_sessions(connection, self.env.cr.dbname)

    def test_a_pooler_that_lends_sessions_for_one_transaction_is_noticed(self):
        session = self.connect()
        self.assertTrue(self.is_shared(LentSession(session), LentSession(session)))

    def test_a_pooler_that_lends_sessions_for_good_is_let_be(self):
        mine, other = LentSession(self.connect()), LentSession(self.connect())
        self.assertFalse(self.is_shared(mine, other))
        self.assertFalse(self.is_shared(self.connect(), None))

    def test_no_worker_registers_where_it_could_hold_no_lock(self):
        node = SimpleNamespace(slots=1, kind="test", call_workers=lambda: None)
        station = Station(self.env.cr.dbname, node)
        with (
            patch.object(databases, "shares_sessions", return_value=True),
            self.assertLogs("odoo.addons.queue_job.engine.station", "ERROR") as logs,
        ):
            station.open()
        self.assertFalse(station.is_open)
        self.assertIn("jobrunner_db_host", logs.output[0])
