from types import SimpleNamespace

from odoo.tests import BaseCase

from ..engine.rescuer import LOOK_EVERY, WATCH_AFTER_CALL, Rescuer


class TestRescuer(BaseCase):
    def setUp(self):
        super().setUp()
        self.station = SimpleNamespace(is_working=False)
        self.rescuer = Rescuer(self.station, timeout=60, execute=None)

    def test_no_dead_worker_is_searched_while_none_holds_a_lease(self):
        self.assertEqual(self.rescuer.due(100.0), float("inf"))

    def test_dead_workers_are_searched_each_second_after_a_notification(self):
        self.rescuer.note_call(100.0)
        self.assertEqual(self.rescuer.due(100.0), 100.0 + LOOK_EVERY)
        self.assertEqual(self.rescuer.due(100.0 + WATCH_AFTER_CALL), float("inf"))

    def test_frequent_notifications_postpone_no_check(self):
        self.rescuer.note_call(100.0)
        self.rescuer.note_call(100.9)
        self.assertEqual(self.rescuer.due(100.9), 100.0 + LOOK_EVERY)

    def test_the_monitoring_thread_is_woken_for_what_it_does_not_know_yet(self):
        self.station.is_working = True
        self.rescuer.others_work = True
        self.assertFalse(self.rescuer.comes_by(100.0))
        self.rescuer.note_call(100.0)
        self.assertTrue(self.rescuer.comes_by(100.0))
        self.assertFalse(self.rescuer.comes_by(100.0 + WATCH_AFTER_CALL - LOOK_EVERY))
