from odoo.tests import BaseCase

from ..engine.claim.capacity import parse_capacity
from ..engine.claim.channel_string import read_channels
from ..engine.claim.channels import ChannelTree, full_name
from ..engine.claim.usage import ChannelUsage


class TestChannels(BaseCase):
    def usage(self, text, leases=None, since_start=None):
        tree = ChannelTree(read_channels(text).values())
        return ChannelUsage(tree, leases or {}, since_start or {})

    def kind(self, usage, channel):
        found = usage.block_reason(channel)
        return found and (found.kind, found.channel)

    def test_names_are_relative_to_the_root(self):
        self.assertEqual(full_name(None), "root")
        self.assertEqual(full_name(" "), "root")
        self.assertEqual(full_name("sale"), "root.sale")
        self.assertEqual(full_name("rooted"), "root.rooted")
        self.assertEqual(full_name("root.sale"), "root.sale")

    def test_the_root_runs_one_job_unless_its_capacity_is_set(self):
        usage = self.usage("", {"root.a": 1})
        self.assertEqual(self.kind(usage, "root"), ("full", "root"))

    def test_a_job_uses_a_slot_of_each_channel_above(self):
        usage = self.usage("root:3,a:2", {"root.a.b": 1, "root.a": 1})
        self.assertEqual(usage.in_use("root"), 2)
        self.assertEqual(self.kind(usage, "root.a.c"), ("full", "root.a"))
        self.assertIsNone(self.kind(usage, "root.other"))

    def test_an_unknown_sub_channel_is_bounded_by_its_own_parents_only(self):
        # "root.a.x.b" shares its last part with a configured channel
        usage = self.usage("root:9,b:1,a:2", {"root.b": 1, "root.a.x": 1})
        self.assertIsNone(self.kind(usage, "root.a.x.b"))
        self.assertEqual(self.kind(usage, "root.b.y"), ("full", "root.b"))

    def test_capacity_zero_runs_nothing(self):
        usage = self.usage("root:2,a:0")
        self.assertEqual(self.kind(usage, "root.a"), ("full", "root.a"))
        self.assertEqual(self.kind(usage, "root.a.b"), ("full", "root.a"))
        usage = self.usage("a:1, root : 0")
        self.assertEqual(self.kind(usage, "root.a"), ("full", "root"))

    def test_a_share_is_of_the_nearest_limit_above_and_at_least_one_slot(self):
        tree = ChannelTree(read_channels("root:10,a.b:50%,c:5,c.d:10%").values())
        self.assertEqual(tree.capacity("root.a.b"), 5)
        self.assertEqual(tree.capacity("root.c.d"), 1)
        self.assertIsNone(tree.capacity("root.a"))

    def test_a_default_applies_to_the_channels_directly_below(self):
        tree = ChannelTree(
            read_channels("root:10,a:9:subchannel_capacity=2,a.own:3").values()
        )
        self.assertEqual(tree.capacity("root.a.new"), 2)
        self.assertEqual(tree.capacity("root.a.own"), 3)
        self.assertIsNone(tree.capacity("root.a.new.deeper"))

    def test_a_paused_channel_pauses_its_sub_channels(self):
        usage = self.usage("root:2,a:1:paused")
        self.assertEqual(self.kind(usage, "root.a.b"), ("paused", "root.a"))

    def test_a_throttled_channel_rests_after_each_start(self):
        usage = self.usage("root:4,a:4:throttle=10", {}, {"root.a": 7.5})
        self.assertEqual(usage.block_reason("root.a.b").seconds, 2.5)
        usage = self.usage("root:4,a:4:throttle=10", {}, {"root.a": 10.5})
        self.assertIsNone(usage.block_reason("root.a.b"))
        usage.start("root.a.b")
        self.assertEqual(self.kind(usage, "root.a"), ("throttled", "root.a"))

    def test_invalid_capacities_are_explained(self):
        for text in ("-1", "x", "0%", "101%", "1.5"):
            with self.subTest(text), self.assertRaises(ValueError):
                parse_capacity(text)
        self.assertIsNone(parse_capacity(""))
        self.assertEqual(parse_capacity(" 7 "), 7)
