from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import TransactionCase
from odoo.tools import config

from ..job import clock


class TestClock(TransactionCase):
    """The database's clock counts, in a process whose own clock is ten minutes off."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.dict(config.options, {"test_enable": False}))
        self.startPatcher(patch.dict(clock._measured, clear=True))
        self.startPatcher(patch.object(clock, "_local_now"))
        clock.use(lambda: datetime.now() - timedelta(minutes=10))

    def offset(self, **kwargs) -> float:
        """Return the minutes that are added."""
        return clock.offset(self.env.cr, **kwargs) / timedelta(minutes=1)

    def test_the_offset_of_a_clock_is_added_to_it(self):
        self.assertAlmostEqual(self.offset(), 10, places=1)
        ahead = clock.database_now(self.env.cr) - datetime.now()
        self.assertAlmostEqual(ahead / timedelta(minutes=1), 0, places=1)

    def test_the_server_is_asked_once(self):
        self.offset()
        with self.assertQueryCount(0):
            self.offset()
        with self.assertQueryCount(1):
            self.offset(good_for=0.0)

    def test_a_clock_that_was_set_is_measured_again(self):
        self.offset()
        clock.use(lambda: datetime.now() + timedelta(hours=1))
        with patch.object(clock, "_zero", return_value=clock._zero() + 4200):
            self.assertAlmostEqual(self.offset(), -60, places=1)

    def test_a_clock_that_is_right_is_left_alone(self):
        clock.use(datetime.now)
        self.assertEqual(self.offset(), 0)

    def test_no_query_in_a_failed_transaction(self):
        with self.registry.cursor() as cr:
            cr = getattr(cr, "_cursor", cr)
            try:
                cr.execute("SELECT 1 / 0", log_exceptions=False)
            except Exception:
                self.assertEqual(clock.offset(cr), timedelta())
            cr.rollback()
