from types import SimpleNamespace

from odoo.tests import BaseCase

from ..engine.process.rescuer import RESCUE_INTERVAL, WATCH_AFTER_NOTIFICATION, Rescuer


class TestRescuer(BaseCase):
    def setUp(self):
        super().setUp()
        self.monitor = SimpleNamespace(is_working=False)
        self.rescuer = Rescuer(self.monitor, timeout=60, execute=None)

    def test_no_dead_worker_is_searched_while_none_holds_a_lease(self):
        self.assertEqual(self.rescuer.due(100.0), float("inf"))

    def test_dead_workers_are_searched_for_each_second_after_a_notification(self):
        self.rescuer.note_notification(100.0)
        self.assertEqual(self.rescuer.due(100.0), 100.0 + RESCUE_INTERVAL)
        self.assertEqual(
            self.rescuer.due(100.0 + WATCH_AFTER_NOTIFICATION), float("inf")
        )

    def test_notifications_that_follow_each_other_delay_no_search(self):
        self.rescuer.note_notification(100.0)
        self.rescuer.note_notification(100.9)
        self.assertEqual(self.rescuer.due(100.9), 100.0 + RESCUE_INTERVAL)

    def test_the_supervisor_is_notified_of_what_it_does_not_know_yet(self):
        self.monitor.is_working = True
        self.rescuer.others_work = True
        self.assertFalse(self.rescuer.polls_soon(100.0))
        self.rescuer.note_notification(100.0)
        self.assertTrue(self.rescuer.polls_soon(100.0))
        self.assertFalse(
            self.rescuer.polls_soon(100.0 + WATCH_AFTER_NOTIFICATION - RESCUE_INTERVAL)
        )
