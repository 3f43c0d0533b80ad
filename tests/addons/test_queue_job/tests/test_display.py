from datetime import date

from odoo.tests import tagged

from .common import JobCase


@tagged("post_install", "-at_install")
class TestDisplay(JobCase):
    def test_arguments_are_shown_as_they_were_written(self):
        row = self.stored(
            args=("text", 1, [self.record]),
            kwargs={"day": date(2026, 1, 2), "deep": {"a": None}},
        ).db_record()
        self.assertEqual(
            row.arguments_text,
            f"'text'\n1\n[test.queue.job({self.record.id})]\n"
            "day = 2026-01-02\ndeep = {'a': None}",
        )
        self.assertFalse(self.stored().db_record().arguments_text)

    def test_target_is_named(self):
        row = self.stored().db_record()
        self.assertEqual(row.target_text, f"test.queue.job({self.record.id}): one")
        many = self.model.create([{} for _i in range(12)])
        row = self.stored(many.testing_method).db_record()
        self.assertIn("12 records", row.target_text)

    def test_deleted_target_is_said_to_be_deleted(self):
        record = self.model.create({"name": "gone"})
        row = self.stored(record.testing_method).db_record()
        record.unlink()
        self.assertIn("deleted", row.target_text)

    def test_channels_count_their_jobs_and_those_below(self):
        root = self.env.ref("queue_job.channel_root")
        channels = self.env["queue.job.channel"]
        shop = channels.create({"name": "shop", "parent_id": root.id})
        sub = channels.create({"name": "sub", "parent_id": shop.id})
        self.stored(channel="root.shop")
        self.stored(channel="root.shop.sub").db_record().write({"state": "failed"})
        self.stored(channel="root.shop.unknown").db_record().write({"state": "started"})
        counts = (shop.waiting_count, shop.running_count, shop.failed_count)
        self.assertEqual(counts, (1, 1, 1))
        self.assertEqual((sub.waiting_count, sub.failed_count), (0, 1))
        action = shop.action_open_failed_jobs()
        self.assertEqual(
            self.queue_job.search(action["domain"]).mapped("channel"),
            ["root.shop.sub"],
        )
