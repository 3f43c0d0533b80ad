from datetime import datetime, timedelta
from types import SimpleNamespace
from unittest.mock import patch

from odoo.tests import TransactionCase
from odoo.tools import config

from ..jobs import clock


class TestClock(TransactionCase):
    """The database's clock counts, in a process whose own clock is ten minutes off."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.dict(config.options, {"test_enable": False}))
        self.startPatcher(patch.dict(clock._measured, clear=True))
        self.late = SimpleNamespace(now=lambda: datetime.now() - timedelta(minutes=10))

    def offset(self, **kwargs) -> float:
        """Return the minutes that are added."""
        return clock.offset(self.env.cr, self.late, **kwargs) / timedelta(minutes=1)

    def test_the_offset_of_a_clock_is_added_to_it(self):
        self.assertAlmostEqual(self.offset(), 10, places=1)
        self.assertEqual(
            clock.offset(self.env.cr, self.late), clock.offset(self.env.cr, None)
        )

    def test_the_server_is_asked_once(self):
        self.offset()
        with self.assertQueryCount(0):
            self.offset()
        with self.assertQueryCount(1):
            self.offset(good_for=0.0)

    def test_a_clock_that_was_set_is_measured_again(self):
        self.offset()
        self.late.now = lambda: datetime.now() + timedelta(hours=1)
        with patch.object(clock, "_zero", return_value=clock._zero() + 4200):
            self.assertAlmostEqual(self.offset(), -60, places=1)

    def test_a_clock_that_is_right_is_left_alone(self):
        self.assertEqual(clock.offset(self.env.cr, datetime), timedelta())

    def test_no_query_in_a_failed_transaction(self):
        with self.registry.cursor() as cr:
            cr = getattr(cr, "_cursor", cr)
            try:
                cr.execute("SELECT 1 / 0", log_exceptions=False)
            except Exception:
                self.assertEqual(clock.offset(cr, self.late), timedelta())
            cr.rollback()
