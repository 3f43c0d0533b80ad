from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import JobCase


@tagged("post_install", "-at_install")
class TestVacuum(JobCase):
    def setUp(self):
        super().setUp()
        self.queue_job.search([]).unlink()
        self.root = self.env.ref("queue_job.channel_root")
        self.sub = self.env["queue.job.channel"].create(
            {"name": "60days", "parent_id": self.root.id, "removal_interval": 60}
        )

    def ended(self, days, channel="root", state="done"):
        date = fields.Datetime.now() - timedelta(days=days)
        name = {"done": "date_done", "cancelled": "date_cancelled"}.get(state)
        row = self.stored(channel=channel).db_record()
        row.write({"state": state, name or "date_failed": date})
        return row

    def vacuum(self):
        result = self.queue_job._gc_old_jobs()
        self.env.flush_all()
        return result

    def test_jobs_are_kept_for_the_days_of_their_channel(self):
        old, young = self.ended(31), self.ended(29)
        sub_old = self.ended(61, "root.60days")
        sub_young = self.ended(59, "root.60days")
        self.assertEqual(self.vacuum(), (2, False))
        self.assertFalse((old | sub_old).exists())
        self.assertTrue(young.exists() and sub_young.exists())

    def test_unknown_channel_is_kept_as_long_as_root(self):
        old, young = self.ended(31, "root.unknown"), self.ended(29, "root.unknown")
        nowhere = self.ended(31)
        nowhere.channel = False
        self.vacuum()
        self.assertFalse((old | nowhere).exists())
        self.assertTrue(young.exists())

    def test_cancelled_jobs_are_deleted_too(self):
        row = self.ended(31, state="cancelled")
        self.vacuum()
        self.assertFalse(row.exists())

    def test_failed_jobs_are_kept_unless_the_channel_says_for_how_long(self):
        row, young = self.ended(400, state="failed"), self.ended(1, state="failed")
        self.vacuum()
        self.assertTrue(row.exists())
        self.root.failed_removal_interval = 90
        self.vacuum()
        self.assertFalse(row.exists())
        self.assertTrue(young.exists())

    def test_negative_interval_of_one_channel_does_not_stop_the_vacuum(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE queue_job_channel SET removal_interval = -5 WHERE id = %s",
            (self.sub.id,),
        )
        self.env.invalidate_all()
        kept, old = self.ended(400, "root.60days"), self.ended(31)
        self.vacuum()
        self.assertTrue(kept.exists())
        self.assertFalse(old.exists())

    def test_negative_interval_is_refused(self):
        for name in ("removal_interval", "failed_removal_interval"):
            with self.assertRaisesRegex(ValidationError, "60days.*negative"):
                self.sub.write({name: -1})

    def test_at_most_a_thousand_jobs_go_in_one_call(self):
        self.ended(31)
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO queue_job (uuid, state, channel, date_done)
            SELECT 'old ' || i, 'done', 'root', '2000-01-01'
              FROM generate_series(1, 1000) i
            """
        )
        self.assertEqual(self.vacuum(), (1000, True))
        self.assertEqual(self.vacuum(), (1, False))

    def test_vacuum_runs_with_odoos_own(self):
        row = self.ended(31)
        self.assertTrue(self.queue_job._gc_old_jobs._autovacuum)
        self.queue_job._gc_old_jobs()
        self.assertFalse(row.exists())
