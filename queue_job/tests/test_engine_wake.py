from types import SimpleNamespace

import psycopg2

from odoo.sql_db import connection_info_for
from odoo.tests import TransactionCase

from ..engine.station import Station


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
        station._execute("SELECT 1", {})
        self.assertEqual(station.seconds(), 0.0)
        station._hear()
        self.assertEqual(station.calls, 1)
