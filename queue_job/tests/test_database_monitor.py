import asyncio
import logging
from types import SimpleNamespace
from unittest.mock import MagicMock, patch

import psutil
import psycopg2

from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..engine.claim.averages import Averages
from ..engine.claim.claimer import Claimer
from ..engine.config import heartbeat_timeout
from ..engine.connection.monitor_connection import MonitorConnection
from ..engine.connection.parameters import connection_parameters
from ..engine.process import sql
from ..engine.process.database_monitor import RECONNECT_INTERVAL, DatabaseMonitor
from ..engine.process.heartbeat import HEARTBEATS_PER_TIMEOUT
from ..engine.process.worker import ERROR_INTERVAL, JobWorker
from ..engine.run.progress import Progress
from ..engine.sql import WORKER_LOCK, rescue
from ..jobrunner.runner import QueueJobRunner
from .engine_common import FakeClock

_MONITOR = "odoo.addons.queue_job.engine.process.database_monitor"
_HEARTBEAT = "odoo.addons.queue_job.engine.process.heartbeat"
_LEASED = """
WITH lease AS (
    INSERT INTO queue_job_lease (worker_id, channel) VALUES (%(worker)s, 'root')
    RETURNING id)
INSERT INTO queue_job (uuid, name, state, channel, lease_id)
SELECT gen_random_uuid(), 'leased', %(state)s, 'root', id FROM lease
"""


@tagged("post_install", "-at_install")
class TestDatabaseMonitor(BaseCase):
    """With a real connection, as locks belong to a session."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.notified = []
        self.clock = FakeClock()
        process = SimpleNamespace(
            slots=2,
            kind="test",
            clock=self.clock,
            stopping=SimpleNamespace(is_set=lambda: False),
            notify_workers=lambda: self.notified.append(1),
            notify_supervisor=lambda: None,
        )
        self.monitor = DatabaseMonitor(get_db_name(), process)
        self.addCleanup(self.query, "DELETE FROM queue_job WHERE name = 'leased'")
        self.addCleanup(lambda: asyncio.run(self.monitor.leave()))
        asyncio.run(self.monitor.open())

    def query(self, statement, **params):
        with self.registry.cursor() as cr:
            cr.execute(statement, params)
            return cr.fetchall() if cr.description else None

    def poll(self):
        asyncio.run(self.monitor.poll())

    def workers(self) -> set[int]:
        return {row[0] for row in self.query("SELECT id FROM queue_job_worker")}

    @mute_logger(_HEARTBEAT)
    def test_a_worker_considered_dead_registers_under_a_new_id(self):
        lost, kept = self.monitor.ids
        self.query("DELETE FROM queue_job_worker WHERE id = %(id)s", id=lost)
        self.notified.clear()
        asyncio.run(self.monitor._send_heartbeat())
        new, still = self.monitor.ids
        self.assertNotEqual(new, lost)
        self.assertEqual(still, kept)
        self.assertLessEqual({new, kept}, self.workers())
        self.assertTrue(self.notified, "it may claim at once")

    def test_a_leaving_worker_releases_its_jobs_and_blames_none(self):
        [worker, _other] = self.monitor.ids
        self.query(_LEASED, worker=worker, state="enqueued")
        self.query(_LEASED, worker=worker, state="started")
        asyncio.run(self.monitor.leave())
        self.assertFalse(self.workers() & {worker})
        jobs = (
            "SELECT state, lease_id, worker_deaths FROM queue_job WHERE name='leased'"
        )
        self.assertEqual(self.query(jobs), [("pending", None, 0)] * 2)
        self.assertFalse(self.query("SELECT 1 FROM queue_job_lease"))

    def connect(self):
        """Return a connection like that of another process."""
        return self.connect_to(get_db_name())

    def connect_to(self, database):
        connection = psycopg2.connect(**connection_parameters(database))
        connection.autocommit = True
        self.addCleanup(connection.close)
        return connection

    @mute_logger("odoo.addons.queue_job.engine.process.rescuer")
    def test_a_worker_whose_connection_broke_continues_under_a_new_id(self):
        """All its leases are rescued, even those it never learned of."""
        [registration, _other] = self.monitor.registrations
        worker = registration.worker
        self.query(_LEASED, worker=worker, state="enqueued")
        listener = self.connect()
        with listener.cursor() as cursor:
            cursor.execute("LISTEN queue_job")
        self.monitor.retire(registration)
        self.poll()
        self.assertNotIn(registration.worker, (worker, None))
        self.assertFalse(self.workers() & {worker})
        jobs = "SELECT state, lease_id FROM queue_job WHERE name = 'leased'"
        self.assertEqual(self.query(jobs), [("pending", None)])
        listener.poll()
        self.assertTrue(listener.notifies, "its slot may be what others wait for")

    def test_a_worker_that_switches_to_another_database_leaves_no_job_behind(self):
        [registration, _other] = self.monitor.registrations
        elsewhere = SimpleNamespace(database="elsewhere")
        process = SimpleNamespace(
            monitors=lambda: [self.monitor, elsewhere],
            claimer=Claimer({}, Averages()),
            averages=Averages(),
            clock=self.clock,
            stopping=SimpleNamespace(is_set=lambda: True),
        )
        self.query(
            "INSERT INTO queue_job (uuid, name, state, channel) "
            "VALUES (gen_random_uuid(), 'leased', 'pending', 'root')"
        )
        worker = JobWorker(process, 0)
        self.addCleanup(worker.close)
        # it stops before the first job, as it does between two long ones
        self.assertTrue(worker._serve(self.monitor, registration))
        jobs = "SELECT state, lease_id FROM queue_job WHERE name = 'leased'"
        self.assertEqual(self.query(jobs), [("pending", None)])
        leases = "SELECT 1 FROM queue_job_lease WHERE worker_id = %(worker)s"
        self.assertFalse(self.query(leases, worker=registration.worker))

    @mute_logger("odoo.addons.queue_job.engine.process.worker")
    @mute_logger("odoo.addons.queue_job.engine.process.rescuer")
    def test_a_worker_pauses_after_an_error_despite_notifications(self):
        """What is wrong would be wrong again, thousands of times a minute."""
        [registration, _other] = self.monitor.registrations
        process = SimpleNamespace(
            claimer=SimpleNamespace(claim=MagicMock(side_effect=ValueError("broken"))),
            clock=self.clock,
        )
        worker = JobWorker(process, 0)
        self.assertFalse(worker._serve(self.monitor, registration))
        self.poll()
        self.monitor.notify_workers()
        self.assertTrue(registration.worker)
        self.assertEqual(registration.due, self.clock() + ERROR_INTERVAL)

    @mute_logger("odoo.addons.queue_job.engine.process.registration")
    def test_a_worker_that_cannot_connect_keeps_its_id(self):
        [registration, _other] = self.monitor.registrations
        before = registration.worker
        worker = JobWorker(SimpleNamespace(clock=self.clock), 0)
        with patch.object(
            worker._session, "cursor", side_effect=psycopg2.OperationalError("full")
        ):
            self.assertFalse(worker._serve(self.monitor, registration))
        self.poll()
        self.assertEqual(registration.worker, before)
        self.assertGreater(registration.due, self.clock())

    def other_worker(self, seconds_since_heartbeat: int) -> int:
        """Return the id of a worker of another process that holds its lock."""
        with self.connect().cursor() as cursor:
            cursor.execute(sql.NEW_WORKER_ID)
            [worker] = cursor.fetchone()[:1]
            cursor.execute(
                sql.REGISTER,
                {"id": worker, "node": "n", "pid": 1, "kind": "test", "slot": 0},
            )
            cursor.execute(
                "UPDATE queue_job_worker SET heartbeat = heartbeat "
                "- %s * interval '1 second' WHERE id = %s",
                [seconds_since_heartbeat, worker],
            )
        self.addCleanup(
            self.query, "DELETE FROM queue_job_worker WHERE id = %(id)s", id=worker
        )
        return worker

    def rescue(self):
        self.monitor._rescuer.begin()
        self.poll()

    def test_a_frozen_worker_is_found_by_its_heartbeat(self):
        living, frozen = self.other_worker(0), self.other_worker(3600)
        self.rescue()
        self.assertIn(living, self.workers())
        self.assertNotIn(frozen, self.workers())

    def test_no_worker_counts_as_frozen_when_all_were_frozen(self):
        other = self.other_worker(3600)
        self.clock.advance(3600)
        self.rescue()
        self.assertIn(other, self.workers(), "it may beat in a moment")
        for _heartbeat in range(HEARTBEATS_PER_TIMEOUT + 1):
            self.clock.advance(heartbeat_timeout() / HEARTBEATS_PER_TIMEOUT)
            self.rescue()
        self.assertNotIn(other, self.workers())

    def test_the_sessions_of_the_original_of_a_copy_are_left_alone(self):
        other_connection = self.connect_to("postgres")
        with other_connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid, extract(epoch FROM backend_start)::float8 "
                "FROM pg_stat_get_activity(pg_backend_pid())"
            )
            pid, start = cursor.fetchone()
            [worker, _other] = self.monitor.ids
            self.query(
                "INSERT INTO queue_job_lease "
                "(worker_id, channel, backend_pid, backend_start) "
                "VALUES (%(worker)s, 'root', %(pid)s, %(start)s)",
                worker=worker,
                pid=pid,
                start=start,
            )
            self.assertFalse(self.query(rescue.END_SESSIONS, ids=[worker]))
            cursor.execute("SELECT 1")

    @mute_logger(_MONITOR)
    def test_an_error_of_one_statement_does_not_cost_the_workers_their_locks(self):
        before = self.monitor.ids
        error = psycopg2.errors.QueryCanceled("canceled due to statement timeout")
        with patch.object(self.monitor._job_monitor, "poll", side_effect=error):
            self.poll()
        self.poll()
        self.assertEqual(self.monitor.ids, before)
        locks = "SELECT objid FROM pg_locks WHERE classid = %(key)s AND granted"
        held = {row[0] for row in self.query(locks, key=WORKER_LOCK)}
        self.assertLessEqual(set(before), held)

    def monitors(self) -> set[int]:
        """Return the sessions that hold the locks of these workers."""
        return {
            pid
            for (pid,) in self.query(
                "SELECT pid FROM pg_locks WHERE classid = %(key)s AND granted "
                "AND objid::int = ANY(%(ids)s)",
                key=WORKER_LOCK,
                ids=self.monitor.ids,
            )
        }

    def test_workers_keep_their_ids_when_their_monitoring_connection_is_replaced(self):
        """Even if the server has not noticed that the previous one is gone."""
        ids, [monitor] = self.monitor.ids, self.monitors()
        before, self.monitor._connection = self.monitor._connection, None
        self.addCleanup(before.close)
        self.poll()
        self.assertEqual(self.monitor.ids, ids)
        self.assertNotIn(monitor, self.monitors())
        self.assertEqual(len(self.monitors()), 1)

    def test_workers_get_new_ids_when_others_have_theirs(self):
        ids = self.monitor.ids
        before, self.monitor._connection = self.monitor._connection, None
        self.addCleanup(before.close)
        self.query("DELETE FROM queue_job_worker WHERE id = %(id)s", id=ids[0])
        self.poll()
        self.assertNotIn(ids[0], self.monitor.ids)
        self.assertEqual(ids[1], self.monitor.ids[1])
        self.assertLessEqual(set(self.monitor.ids), self.workers())

    def test_a_database_that_is_unavailable_is_logged_once(self):
        self.monitor.close()
        broken = psycopg2.OperationalError("no route to host")
        with (
            patch.object(MonitorConnection, "open", side_effect=broken),
            self.assertLogs("odoo.addons.queue_job.engine", logging.INFO) as logs,
        ):
            pauses = []
            for _attempt in range(8):
                self.poll()
                pauses.append(self.monitor.seconds_until_due())
                self.clock.advance(pauses[-1])
        self.assertEqual(len(logs.output), 1)
        self.assertIn("no route to host", logs.output[0])
        self.assertEqual(pauses[0], RECONNECT_INTERVAL)
        self.assertGreater(pauses[-1], 10, "later and later")
        with self.assertLogs(_MONITOR, logging.INFO) as logs:
            self.poll()
        self.assertIn("available again", logs.output[0])

    @mute_logger(_HEARTBEAT)
    def test_no_worker_runs_unsupervised_longer_than_the_timeout(self):
        [registration, _other] = self.monitor.registrations
        own, another = self.connect(), self.connect()
        registration.connection = own
        self.monitor.close()
        self.monitor._open_at = float("inf")
        self.poll()
        with own.cursor() as cursor:
            cursor.execute("SELECT 1")
        self.clock.advance(heartbeat_timeout())
        self.assertEqual(self.monitor.seconds_until_due(), 0.0)
        self.poll()
        with own.cursor() as cursor, self.assertRaises(psycopg2.OperationalError):
            cursor.execute("SELECT 1")
        with another.cursor() as cursor:
            cursor.execute("SELECT 1")
        self.monitor._open_at = 0.0
        self.poll()
        self.assertTrue(self.monitor.is_open)

    def test_the_progress_of_a_job_must_be_numbers(self):
        with self.assertRaises(TypeError):
            Progress().set(None, 1, [2], "of a list")

    @mute_logger(_MONITOR)
    def test_a_runner_that_ended_leaves_no_file_open(self):
        process = psutil.Process()
        before = process.num_fds()
        for _time in range(3):
            runner = QueueJobRunner(slots=1, kind="test", names=["none-such"])
            runner.start()
            runner.close()
        self.assertLessEqual(process.num_fds(), before)

    def test_a_worker_notified_in_the_meantime_claims_again_immediately(self):
        [registration, _other] = self.monitor.registrations
        before = self.monitor.notifications
        self.monitor.set_next_claim(registration, 30, before)
        self.assertGreater(registration.claim_at, 0.0)
        self.monitor.notify_workers()
        self.monitor.set_next_claim(registration, 30, before)
        self.assertEqual(registration.claim_at, 0.0)
