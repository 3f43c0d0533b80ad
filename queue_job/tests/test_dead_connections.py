import asyncio
import socket
import threading
import time
from unittest.mock import patch

import psycopg2

from odoo.modules.registry import Registry
from odoo.sql_db import connection_info_for
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..engine.connection import dead_connections, monitor_connection
from ..engine.connection import tcp as wire
from ..engine.connection.dead_connections import DeadConnections
from ..engine.connection.monitor_connection import ConnectionDead, MonitorConnection

_MODULE = "odoo.addons.queue_job.engine.connection.dead_connections"


class RunningQuery(threading.Thread):
    """A thread that waits for the answer to a statement, on a cursor of the pool."""

    def __init__(self, statement):
        super().__init__(daemon=True)
        self.cr = Registry(get_db_name()).cursor()
        self.connection = self.cr._cnx
        self.pid = self.connection.get_backend_pid()
        self.error = None
        self._statement = statement
        self.start()
        while not wire.is_active(self.connection):
            time.sleep(0.01)

    def run(self):
        try:
            self.cr.execute(self._statement, log_exceptions=False)
        except psycopg2.Error as error:
            self.error = error
        self.cr._cnx.close()


@tagged("post_install", "-at_install")
class TestDeadConnections(BaseCase):
    def setUp(self):
        super().setUp()
        self.rows = []
        self.dead = DeadConnections(get_db_name(), self.execute)
        self.dead._timeout = 0.2

    async def execute(self, statement, params):
        # a simulated state: PostgreSQL itself would need a network that drops packets
        return [row for row in self.rows if row[0] in params["pids"]]

    def start_query(self, statement="SELECT pg_sleep(20)"):
        query = RunningQuery(statement)
        self.addCleanup(query.join, 10)
        self.addCleanup(wire.shut, query.connection)
        return query

    def poll(self, seconds=1.0):
        """Check repeatedly, as the monitoring thread does."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            asyncio.run(self.dead.poll())
            time.sleep(0.05)

    def report_session(
        self, query, state="idle in transaction", since=1.0, is_copy=False
    ):
        silent = state.startswith("idle")
        self.rows = [(query.pid, 0.0, state, since, silent, is_copy)]

    def test_a_worker_with_a_dead_connection_recovers(self):
        query = self.start_query()
        self.report_session(query)
        with self.assertLogs(_MODULE, "WARNING") as logs:
            self.poll()
        query.join(10)
        self.assertIsInstance(query.error, psycopg2.OperationalError)
        self.assertEqual(len(logs.output), 1, "it is said once")
        self.assertIn("idle in transaction", logs.output[0])

    def test_a_session_that_worked_between_two_checks_is_left_alone(self):
        query = self.start_query()
        since = iter(range(1000))

        async def execute(statement, params):
            return [(query.pid, 0.0, "idle", next(since), True, False)]

        self.dead._execute = execute
        self.poll()
        self.assertTrue(query.is_alive())

    def test_a_long_statement_is_left_alone(self):
        query = self.start_query()
        self.report_session(query, state="active")
        self.poll()
        self.assertTrue(query.is_alive())

    def test_a_copy_gets_more_time(self):
        query = self.start_query()
        self.report_session(query, is_copy=True)
        self.poll(0.7)
        self.assertTrue(query.is_alive())

    @mute_logger(_MODULE)
    def test_a_session_that_is_gone_is_not_waited_for(self):
        query = self.start_query()
        self.dead.is_direct = True
        self.poll()
        query.join(10)
        self.assertFalse(query.is_alive())

    def test_a_session_behind_a_pooler_is_left_alone(self):
        """Its process id is invented: nothing is known about it."""
        query = self.start_query()
        self.poll()
        self.assertTrue(query.is_alive())

    def test_the_server_is_not_asked_about_idle_connections(self):
        with Registry(get_db_name()).cursor() as cr:
            cr.execute("SELECT 1")
            self.dead._execute = self.fail
            self.poll(0.5)
        self.assertEqual(self.dead.due(), float("inf"))

    def test_the_message_of_the_server_about_a_session_is_understood(self):
        query = self.start_query("COPY (SELECT pg_sleep(20)) TO '/dev/null'")

        async def read_sessions(pid):
            connection = await MonitorConnection.open(get_db_name())
            try:
                return await connection.execute(
                    dead_connections.sql.SESSIONS, {"pids": [pid, -1, 0]}
                )
            finally:
                connection.close()

        [(pid, _start, state, _since, silent, copies)] = asyncio.run(
            read_sessions(query.pid)
        )
        self.assertEqual(pid, query.pid)
        self.assertEqual((state, silent, copies), ("active", False, True))
        with Registry(get_db_name()).cursor() as cr:
            cr.execute("SELECT 1")
            [row] = asyncio.run(read_sessions(cr._cnx.get_backend_pid()))
        self.assertEqual((row[2], *row[4:]), ("idle in transaction", True, False))


@tagged("post_install", "-at_install")
class TestMonitorConnection(BaseCase):
    def setUp(self):
        super().setUp()
        self.startPatcher(
            patch.object(monitor_connection, "statement_deadline", return_value=0.5)
        )

    def test_a_server_that_accepts_connections_but_does_not_answer_is_given_up(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            _name, info = connection_info_for(get_db_name())
            host, port = listener.getsockname()
            silent = {**info, "host": host, "port": port}
            with patch.object(
                monitor_connection,
                "connection_parameters",
                return_value=silent,
            ):
                with self.assertRaises(ConnectionDead):
                    asyncio.run(MonitorConnection.open(get_db_name()))

    def test_a_statement_without_an_answer_times_out_with_its_connection(self):
        async def read_sessions():
            connection = await MonitorConnection.open(get_db_name())
            await connection.execute("SET statement_timeout TO 0")
            with self.assertRaises(ConnectionDead):
                await connection.execute("SELECT pg_sleep(20)")
            return connection

        self.assertTrue(asyncio.run(read_sessions()).closed)

    def test_an_unresponsive_database_delays_no_other(self):
        async def read_sessions(statement):
            connection = await MonitorConnection.open(get_db_name())
            await connection.execute("SET statement_timeout TO 0")
            before = time.monotonic()
            try:
                await connection.execute(statement)
                return time.monotonic() - before
            except ConnectionDead:
                return None
            finally:
                connection.close()

        async def both():
            return await asyncio.gather(
                read_sessions("SELECT pg_sleep(20)"), read_sessions("SELECT 1")
            )

        hanging, quick = asyncio.run(both())
        self.assertIsNone(hanging)
        self.assertIsNotNone(quick)
