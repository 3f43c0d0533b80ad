import asyncio
import math
from types import SimpleNamespace
from unittest.mock import patch

import psycopg2

from odoo.sql_db import connection_info_for
from odoo.tests import TransactionCase

from ..engine.connection import pooler
from ..engine.connection.monitor_connection import MonitorConnection
from ..engine.process import registration
from ..engine.process.database_monitor import DatabaseMonitor
from ..engine.schema.triggers import CHANNEL_TRIGGER, TRIGGERS
from ..engine.schema.uniqueness import CREATE_TRIGGERS
from .engine_common import FakeClock


class LentSession:
    """A connection through a pooler, which does not know the pid of its session."""

    client_side_pid = -1

    def __init__(self, connection):
        self.database = connection.database
        self.execute = connection.execute
        self.close = connection.close


class TestNotifications(TransactionCase):
    def connect(self):
        _name, info = connection_info_for(self.env.cr.dbname)
        connection = psycopg2.connect(**info)
        connection.autocommit = True
        self.addCleanup(connection.close)
        return connection

    def test_a_notification_that_comes_with_the_result_of_a_statement_is_noticed(self):
        process = SimpleNamespace(
            slots=0, kind="test", clock=FakeClock(), notify_workers=lambda: None
        )
        monitor = DatabaseMonitor(self.env.cr.dbname, process)
        monitor._heartbeat.due_at = math.inf
        self.addCleanup(monitor.close)

        async def read():
            monitor._connection = await MonitorConnection.open(monitor.database)
            await monitor._execute("LISTEN queue_job_wake_test")
            with self.connect().cursor() as cursor:
                cursor.execute("NOTIFY queue_job_wake_test")
            self.assertGreater(monitor.seconds_until_due(), 0.0)
            await monitor._execute("SELECT 1")
            self.assertEqual(monitor.seconds_until_due(), 0.0)
            monitor._read_notifications()

        asyncio.run(read())
        self.assertEqual(monitor.notifications, 1)

    def test_the_triggers_use_only_syntax_of_postgresql_13(self):
        for statements in (TRIGGERS, CHANNEL_TRIGGER, CREATE_TRIGGERS):
            self.assertIn("CREATE TRIGGER", statements)
            self.assertNotIn("OR REPLACE TRIGGER", statements)

    def is_shared(self, *kinds, of_one=False) -> bool:
        """Tell what is detected on a connection if the next one is of the last kind.

        ``of_one``: a pooler gives both the same session.
        """

        async def read_pids():
            mine = await MonitorConnection.open(self.env.cr.dbname)
            other = mine if of_one else await MonitorConnection.open(mine.database)
            first, last = kinds[0](mine), kinds[-1](other)

            async def open_other(_database):
                return last

            try:
                return await pooler.shares_sessions(first, open_other)
            finally:
                mine.close()
                other.close()

        return asyncio.run(read_pids())

    def test_a_pooler_in_transaction_mode_is_detected(self):
        self.assertTrue(self.is_shared(LentSession, of_one=True))

    def test_a_pooler_in_session_mode_is_accepted(self):
        self.assertFalse(self.is_shared(LentSession))
        self.assertFalse(self.is_shared(lambda connection: connection))

    def test_no_worker_registers_where_it_could_hold_no_lock(self):
        process = SimpleNamespace(
            slots=1, kind="test", clock=FakeClock(), notify_workers=lambda: None
        )
        monitor = DatabaseMonitor(self.env.cr.dbname, process)
        with (
            patch.object(registration, "shares_sessions", return_value=True),
            self.assertLogs(
                "odoo.addons.queue_job.engine.process.registration", "ERROR"
            ) as logs,
        ):
            asyncio.run(monitor.open())
        self.assertFalse(monitor.is_open)
        self.assertIn("jobrunner_db_host", logs.output[0])
