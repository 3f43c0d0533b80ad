from types import SimpleNamespace

from odoo.tests import BaseCase

from ..engine.process.rescuer import LOOK_EVERY, WATCH_AFTER_CALL, Rescuer


class TestRescuer(BaseCase):
    def setUp(self):
        super().setUp()
        self.station = SimpleNamespace(is_working=False)
        self.rescuer = Rescuer(self.station, timeout=60, execute=None)

    def test_nobody_is_looked_for_while_nobody_works(self):
        self.assertEqual(self.rescuer.due(100.0), float("inf"))

    def test_the_dead_are_looked_for_each_second_after_a_call(self):
        self.rescuer.note_call(100.0)
        self.assertEqual(self.rescuer.due(100.0), 100.0 + LOOK_EVERY)
        self.assertEqual(self.rescuer.due(100.0 + WATCH_AFTER_CALL), float("inf"))

    def test_calls_that_follow_each_other_put_off_no_look(self):
        self.rescuer.note_call(100.0)
        self.rescuer.note_call(100.9)
        self.assertEqual(self.rescuer.due(100.9), 100.0 + LOOK_EVERY)

    def test_the_watcher_is_called_for_what_it_does_not_know_yet(self):
        self.station.is_working = True
        self.rescuer.others_work = True
        self.assertFalse(self.rescuer.comes_by(100.0))
        self.rescuer.note_call(100.0)
        self.assertTrue(self.rescuer.comes_by(100.0))
        self.assertFalse(self.rescuer.comes_by(100.0 + WATCH_AFTER_CALL - LOOK_EVERY))
