from types import SimpleNamespace

from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..engine.station import Station

_LEASED = """
WITH lease AS (
    INSERT INTO queue_job_lease (worker_id, channel) VALUES (%(worker)s, 'root')
    RETURNING id)
INSERT INTO queue_job (uuid, name, state, channel, lease_id)
SELECT gen_random_uuid(), 'leased', %(state)s, 'root', id FROM lease
"""


@tagged("post_install", "-at_install")
class TestStation(BaseCase):
    """With a real connection, as what it holds is a session."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.called = []
        node = SimpleNamespace(
            slots=2, kind="test", call_workers=lambda: self.called.append(1)
        )
        self.station = Station(get_db_name(), node)
        self.addCleanup(self.query, "DELETE FROM queue_job WHERE name = 'leased'")
        self.addCleanup(self.station.leave)
        self.station.open()

    def query(self, statement, **params):
        with self.registry.cursor() as cr:
            cr.execute(statement, params)
            return cr.fetchall() if cr.description else None

    def workers(self) -> set[int]:
        return {row[0] for row in self.query("SELECT id FROM queue_job_worker")}

    @mute_logger("odoo.addons.queue_job.engine.station")
    def test_a_worker_that_was_taken_for_dead_comes_back_under_a_new_id(self):
        lost, kept = self.station.ids
        self.query("DELETE FROM queue_job_worker WHERE id = %(id)s", id=lost)
        self.called.clear()
        self.station._beat()
        new, still = self.station.ids
        self.assertNotEqual(new, lost)
        self.assertEqual(still, kept)
        self.assertLessEqual({new, kept}, self.workers())
        self.assertTrue(self.called, "it may claim at once")

    def test_who_leaves_lets_others_have_its_jobs_and_blames_none(self):
        [worker, _other] = self.station.ids
        self.query(_LEASED, worker=worker, state="enqueued")
        self.query(_LEASED, worker=worker, state="started")
        self.station.leave()
        self.assertFalse(self.workers() & {worker})
        jobs = (
            "SELECT state, lease_id, worker_deaths FROM queue_job WHERE name='leased'"
        )
        self.assertEqual(self.query(jobs), [("pending", None, 0)] * 2)
        self.assertFalse(self.query("SELECT 1 FROM queue_job_lease"))

    def test_a_worker_that_was_called_meanwhile_looks_again_at_once(self):
        [seat, _other] = self.station.seats
        before = self.station.calls
        self.station.put_off(seat, 30, before)
        self.assertGreater(seat.look_at, 0.0)
        self.station.call_all()
        self.station.put_off(seat, 30, before)
        self.assertEqual(seat.look_at, 0.0)
