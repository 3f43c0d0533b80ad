import asyncio
import logging
import time
from types import SimpleNamespace
from unittest.mock import MagicMock, patch

import psutil
import psycopg2

from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..engine import databases
from ..engine.averages import Averages
from ..engine.claim import Claimer
from ..engine.hand import Hand
from ..engine.monitor_connection import MonitorConnection
from ..engine.sql import WORKER_LOCK
from ..engine.sql import workers as sql
from ..engine.station import Station
from ..engine.worker import AFTER_ERROR, JobWorker
from ..jobrunner.runner import QueueJobRunner

_STATION = "odoo.addons.queue_job.engine.station"
_LEASED = """
WITH lease AS (
    INSERT INTO queue_job_lease (worker_id, channel) VALUES (%(worker)s, 'root')
    RETURNING id)
INSERT INTO queue_job (uuid, name, state, channel, lease_id)
SELECT gen_random_uuid(), 'leased', %(state)s, 'root', id FROM lease
"""


@tagged("post_install", "-at_install")
class TestStation(BaseCase):
    """With a real connection, as locks belong to a session."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.called = []
        node = SimpleNamespace(
            slots=2,
            kind="test",
            stopping=SimpleNamespace(is_set=lambda: False),
            call_workers=lambda: self.called.append(1),
            call_watcher=lambda: None,
        )
        self.station = Station(get_db_name(), node)
        self.addCleanup(self.query, "DELETE FROM queue_job WHERE name = 'leased'")
        self.addCleanup(lambda: asyncio.run(self.station.leave()))
        asyncio.run(self.station.open())

    def query(self, statement, **params):
        with self.registry.cursor() as cr:
            cr.execute(statement, params)
            return cr.fetchall() if cr.description else None

    def tend(self):
        asyncio.run(self.station.tend())

    def workers(self) -> set[int]:
        return {row[0] for row in self.query("SELECT id FROM queue_job_worker")}

    @mute_logger("odoo.addons.queue_job.engine.station")
    def test_a_worker_considered_dead_registers_under_a_new_id(self):
        lost, kept = self.station.ids
        self.query("DELETE FROM queue_job_worker WHERE id = %(id)s", id=lost)
        self.called.clear()
        asyncio.run(self.station._beat())
        new, still = self.station.ids
        self.assertNotEqual(new, lost)
        self.assertEqual(still, kept)
        self.assertLessEqual({new, kept}, self.workers())
        self.assertTrue(self.called, "it may claim at once")

    def test_a_leaving_worker_releases_its_jobs_and_blames_none(self):
        [worker, _other] = self.station.ids
        self.query(_LEASED, worker=worker, state="enqueued")
        self.query(_LEASED, worker=worker, state="started")
        asyncio.run(self.station.leave())
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
        connection = psycopg2.connect(**databases.connection_parameters(database))
        connection.autocommit = True
        self.addCleanup(connection.close)
        return connection

    @mute_logger("odoo.addons.queue_job.engine.rescuer")
    def test_a_worker_whose_connection_broke_continues_under_a_new_id(self):
        """All its leases are taken back, even those it never learned of."""
        [seat, _other] = self.station.seats
        worker = seat.worker
        self.query(_LEASED, worker=worker, state="enqueued")
        listener = self.connect()
        with listener.cursor() as cursor:
            cursor.execute("LISTEN queue_job")
        self.station.retire(seat)
        self.tend()
        self.assertNotIn(seat.worker, (worker, None))
        self.assertFalse(self.workers() & {worker})
        jobs = "SELECT state, lease_id FROM queue_job WHERE name = 'leased'"
        self.assertEqual(self.query(jobs), [("pending", None)])
        listener.poll()
        self.assertTrue(listener.notifies, "its seat may be what others wait for")

    def test_a_worker_that_switches_to_another_database_leaves_no_job_behind(self):
        [seat, _other] = self.station.seats
        elsewhere = SimpleNamespace(database="elsewhere")
        node = SimpleNamespace(
            stations=lambda: [self.station, elsewhere],
            claimer=Claimer({}, Averages()),
            averages=Averages(),
            stopping=SimpleNamespace(is_set=lambda: True),
        )
        self.query(
            "INSERT INTO queue_job (uuid, name, state, channel) "
            "VALUES (gen_random_uuid(), 'leased', 'pending', 'root')"
        )
        worker = JobWorker(node, 0)
        self.addCleanup(worker.close)
        # it stops before the first job, as it does between two long ones
        self.assertTrue(worker._serve(self.station, seat))
        jobs = "SELECT state, lease_id FROM queue_job WHERE name = 'leased'"
        self.assertEqual(self.query(jobs), [("pending", None)])
        leases = "SELECT 1 FROM queue_job_lease WHERE worker_id = %(worker)s"
        self.assertFalse(self.query(leases, worker=seat.worker))

    @mute_logger("odoo.addons.queue_job.engine.worker")
    @mute_logger("odoo.addons.queue_job.engine.rescuer")
    def test_a_worker_pauses_after_an_error_despite_notifications(self):
        """The error would occur again, thousands of times a minute."""
        [seat, _other] = self.station.seats
        node = SimpleNamespace(
            claimer=SimpleNamespace(claim=MagicMock(side_effect=ValueError("broken")))
        )
        worker = JobWorker(node, 0)
        self.assertFalse(worker._serve(self.station, seat))
        self.tend()
        self.station.call_all()
        self.assertTrue(seat.worker)
        self.assertGreater(seat.due, time.monotonic() + AFTER_ERROR - 1)

    @mute_logger("odoo.addons.queue_job.engine.registration")
    def test_a_worker_that_cannot_connect_keeps_its_id(self):
        [seat, _other] = self.station.seats
        before = seat.worker
        worker = JobWorker(SimpleNamespace(), 0)
        with patch.object(
            worker._session, "cursor", side_effect=psycopg2.OperationalError("full")
        ):
            self.assertFalse(worker._serve(self.station, seat))
        self.tend()
        self.assertEqual(seat.worker, before)
        self.assertGreater(seat.due, time.monotonic())

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
        self.station._rescuer.begin()
        self.tend()

    def test_a_frozen_worker_is_found_by_its_heartbeat(self):
        living, frozen = self.other_worker(0), self.other_worker(3600)
        self.rescue()
        self.assertIn(living, self.workers())
        self.assertNotIn(frozen, self.workers())

    def test_no_worker_counts_as_frozen_when_all_were_frozen(self):
        other = self.other_worker(3600)
        self.station._beaten_at -= 3600
        self.station._beat_at = 0.0
        self.rescue()
        self.assertIn(other, self.workers(), "it may beat in a moment")
        self.station._rescuer._trust_heartbeats_at = time.monotonic()
        self.rescue()
        self.assertNotIn(other, self.workers())

    def test_the_sessions_of_the_original_of_a_copy_are_left_alone(self):
        theirs = self.connect_to("postgres")
        with theirs.cursor() as cursor:
            cursor.execute(
                "SELECT pid, extract(epoch FROM backend_start)::float8 "
                "FROM pg_stat_get_activity(pg_backend_pid())"
            )
            pid, start = cursor.fetchone()
            [worker, _other] = self.station.ids
            self.query(
                "INSERT INTO queue_job_lease "
                "(worker_id, channel, backend_pid, backend_start) "
                "VALUES (%(worker)s, 'root', %(pid)s, %(start)s)",
                worker=worker,
                pid=pid,
                start=start,
            )
            self.assertFalse(self.query(sql.END_SESSIONS, ids=[worker]))
            cursor.execute("SELECT 1")

    @mute_logger("odoo.addons.queue_job.engine.station")
    def test_an_error_of_one_statement_does_not_cost_the_workers_their_locks(self):
        before = self.station.ids
        error = psycopg2.errors.QueryCanceled("canceled due to statement timeout")
        with patch.object(self.station._overseer, "look", side_effect=error):
            self.tend()
        self.tend()
        self.assertEqual(self.station.ids, before)
        locks = "SELECT objid FROM pg_locks WHERE classid = %(key)s AND granted"
        held = {row[0] for row in self.query(locks, key=WORKER_LOCK)}
        self.assertLessEqual(set(before), held)

    def monitors(self) -> set[int]:
        """Return the sessions that hold the locks of this process's workers."""
        return {
            pid
            for (pid,) in self.query(
                "SELECT pid FROM pg_locks WHERE classid = %(key)s AND granted "
                "AND objid::int = ANY(%(ids)s)",
                key=WORKER_LOCK,
                ids=self.station.ids,
            )
        }

    def test_workers_keep_their_ids_when_their_monitoring_connection_is_replaced(self):
        """Even if the server has not noticed that the previous one is gone."""
        ids, [monitor] = self.station.ids, self.monitors()
        before, self.station._connection = self.station._connection, None
        self.addCleanup(before.close)
        self.tend()
        self.assertEqual(self.station.ids, ids)
        self.assertNotIn(monitor, self.monitors())
        self.assertEqual(len(self.monitors()), 1)

    def test_workers_get_new_ids_when_others_have_theirs(self):
        ids = self.station.ids
        before, self.station._connection = self.station._connection, None
        self.addCleanup(before.close)
        self.query("DELETE FROM queue_job_worker WHERE id = %(id)s", id=ids[0])
        self.tend()
        self.assertNotIn(ids[0], self.station.ids)
        self.assertEqual(ids[1], self.station.ids[1])
        self.assertLessEqual(set(self.station.ids), self.workers())

    def test_an_unreachable_database_is_logged_once(self):
        self.station.close()
        broken = psycopg2.OperationalError("no route to host")
        with (
            patch.object(MonitorConnection, "open", side_effect=broken),
            self.assertLogs("odoo.addons.queue_job.engine", logging.INFO) as logs,
        ):
            pauses = []
            for _attempt in range(8):
                self.station._open_at = 0.0
                self.tend()
                pauses.append(self.station._open_at - time.monotonic())
        self.assertEqual(len(logs.output), 1)
        self.assertIn("no route to host", logs.output[0])
        self.assertLess(pauses[0], 1.5)
        self.assertGreater(pauses[-1], 10, "later and later")
        self.station._open_at = 0.0
        with self.assertLogs(_STATION, logging.INFO) as logs:
            self.tend()
        self.assertIn("reachable again", logs.output[0])

    @mute_logger(_STATION)
    def test_no_worker_runs_unsupervised_longer_than_the_timeout(self):
        [seat, _other] = self.station.seats
        own, another = self.connect(), self.connect()
        seat.connection = own
        self.station.close()
        self.station._open_at = float("inf")
        self.tend()
        with own.cursor() as cursor:
            cursor.execute("SELECT 1")
        self.station._beaten_at -= self.station._timeout
        self.assertEqual(self.station.seconds(), 0.0)
        self.tend()
        with own.cursor() as cursor, self.assertRaises(psycopg2.OperationalError):
            cursor.execute("SELECT 1")
        with another.cursor() as cursor:
            cursor.execute("SELECT 1")
        self.station._open_at = 0.0
        self.tend()
        self.assertTrue(self.station.is_open)

    def test_the_progress_of_a_job_must_be_numbers(self):
        with self.assertRaises(TypeError):
            Hand(1, [], None).say_progress(1, [2], "of a list")

    @mute_logger("odoo.addons.queue_job.engine.station")
    def test_a_runner_that_ended_leaves_no_file_open(self):
        process = psutil.Process()
        before = process.num_fds()
        for _time in range(3):
            runner = QueueJobRunner(slots=1, kind="test", names=["none-such"])
            runner.start()
            runner.close()
        self.assertLessEqual(process.num_fds(), before)

    def test_a_worker_notified_in_the_meantime_claims_again_immediately(self):
        [seat, _other] = self.station.seats
        before = self.station.calls
        self.station.put_off(seat, 30, before)
        self.assertGreater(seat.look_at, 0.0)
        self.station.call_all()
        self.station.put_off(seat, 30, before)
        self.assertEqual(seat.look_at, 0.0)
