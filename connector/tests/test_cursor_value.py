from datetime import datetime, timedelta, timezone

from odoo.tests import BaseCase

from odoo.addons.connector.cursor_value import (
    is_in_future,
    latest,
    parse,
    subtract_overlap,
)


class TestMoments(BaseCase):
    def test_the_newest_is_found_by_what_moments_are(self):
        for values, kind, expected in (
            (["9", "10"], None, "10"),
            ([9, 10, 1.5], None, "10"),
            (["9", "10"], "text", "9"),
            (["2026-01-01T10:00:00Z", "2026-01-01T11:30:00+02:00"], None, 0),
            (["2026-01-01T10:00:00.9Z", "2026-01-01T10:00:00.10Z"], None, 0),
            (["2026-01-01T10:00:00.1234567Z", "2026-01-01T10:00:00.1234568Z"], None, 1),
            (["2026-01-02", None, "", "2026-01-01"], "datetime", "2026-01-02"),
        ):
            with self.subTest(values=values):
                expected = values[expected] if isinstance(expected, int) else expected
                self.assertEqual(latest(values, kind), expected)

    def test_what_is_no_moment_or_not_comparable_has_no_newest(self):
        for values in (["etag-9", 'W/"10"'], [], [None, True], ["5", "2026-01-01"]):
            with self.subTest(values=values):
                self.assertIsNone(latest(values))
        for text in (
            "2026-13-01",
            "2026-01-01T25:00:00Z",
            "nan",
            "soon",
            "9e12",
            "1_0",
        ):
            self.assertIsNone(parse(text), text)

    def test_an_earlier_moment_is_written_as_the_system_writes_it(self):
        minutes = timedelta(minutes=5)
        for text, overlap, expected in (
            ("2026-01-01T00:02:03.120Z", None, "2025-12-31T23:57:03.120Z"),
            ("2026-01-01 00:02:03", minutes, "2025-12-31 23:57:03"),
            ("2026-01-01T00:02+01:00", minutes, "2025-12-31T23:57+01:00"),
            ("2026-01-01", minutes, "2025-12-31"),
            ("2026-01-01T00:00:01Z", 0, "2026-01-01T00:00:01Z"),
            ("2026-01-01T00:00:01Z", 1.5, "2025-12-31T23:59:59Z"),
            ("100", None, "100"),
            ("100", 30, "70"),
            ("1700000000.5", None, "1699999700.5"),
            ("1700000000000", minutes, "1699999700000"),
            ("0001-01-01T00:00:00Z", minutes, "0001-01-01T00:00:00Z"),
            ("etag", minutes, "etag"),
        ):
            with self.subTest(text=text):
                self.assertEqual(subtract_overlap(text, overlap), expected)

    def test_a_time_far_ahead_is_told_from_a_clock_that_is_fast(self):
        now = datetime.now(timezone.utc)
        for ahead, expected in ((timedelta(hours=20), False), (timedelta(2), True)):
            self.assertEqual(is_in_future((now + ahead).isoformat()), expected)
        self.assertFalse(is_in_future("99999999999"))
        self.assertFalse(is_in_future("etag"))
