from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.job import Job

from .common import JobCase


@tagged("post_install", "-at_install")
class TestChannel(JobCase):
    def setUp(self):
        super().setUp()
        self.channels = self.env["queue.job.channel"]
        self.root = self.env.ref("queue_job.channel_root")

    def channel(self, name, parent=None, **values):
        parent = parent or self.root
        return self.channels.create({"name": name, "parent_id": parent.id, **values})

    def test_complete_name_is_the_path_from_root(self):
        sub = self.channel("shop")
        self.assertEqual(sub.complete_name, "root.shop")
        self.assertEqual(self.channel("a", sub).display_name, "root.shop.a")
        self.assertFalse(self.channels.new({}).complete_name)

    def test_complete_name_is_unique(self):
        self.channel("once")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(IntegrityError, "queue_job_channel_name_uniq"),
        ):
            self.channel("once")
            self.env.flush_all()

    def test_channel_needs_a_parent(self):
        with self.assertRaises(ValidationError):
            self.channels.create({"name": "orphan"})

    def test_root_can_neither_be_changed_nor_deleted(self):
        for values in ({"name": "leaf"}, {"parent_id": self.channel("x").id}):
            with self.assertRaises(UserError):
                self.root.write(values)
        with self.assertRaises(UserError):
            self.root.unlink()
        self.root.write({"removal_interval": 5})

    def test_cycle_of_channels_is_refused(self):
        a = self.channel("a")
        b = self.channel("b", a)
        for channel, parent in ((a, b), (a, a)):
            with self.assertRaisesRegex(ValidationError, "below itself"):
                channel.parent_id = parent
            self.env.invalidate_all()
        self.assertEqual(b.complete_name, "root.a.b")

    def test_renamed_channel_takes_its_waiting_jobs_and_new_ones_along(self):
        channel = self.channel("before")
        child = self.channel("child", channel)
        self.env["queue.job.function"].create(
            {"name": "<test.queue.job>.job_a", "channel_id": child.id}
        )
        waiting = self.stored(self.record.job_a).db_record()
        done = self.stored(self.record.job_a).db_record()
        done.write({"state": "done"})
        self.assertEqual(waiting.channel, "root.before.child")
        channel.name = "after"
        self.assertEqual(waiting.channel, "root.after.child")
        self.assertEqual(done.channel, "root.before.child")
        self.assertEqual(Job(self.record.job_a).channel, "root.after.child")

    def test_channel_declared_by_two_addons_is_one(self):
        channels = self.channels.with_context(install_mode=True)
        first = channels.create({"name": "shared", "parent_id": self.root.id})
        second = channels.create(
            {"name": "shared", "parent_id": self.root.id, "removal_interval": 3}
        )
        self.assertEqual(first, second)
        self.assertEqual(first.removal_interval, 3)
