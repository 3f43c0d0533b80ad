import os
from unittest.mock import patch

from odoo.tests import BaseCase

from ..engine.claim.capacity import Share
from ..engine.claim.channel_string import (
    limits_of_entry,
    parse_simple_config,
    read_channels,
)
from ..engine.config import is_enabled
from ..exception import ChannelNotFound
from ..jobrunner.channels import ChannelManager

_LOGGER = "odoo.addons.queue_job.engine.claim.channel_string"


class TestChannelConfig(BaseCase):
    def test_entries_have_a_name_a_capacity_and_keys(self):
        self.assertEqual(
            parse_simple_config(" root : 4,\n sub:2:sequential : throttle= 3 ,, a b"),
            [
                {"name": "root", "capacity": 4},
                {"name": "sub", "capacity": 2, "sequential": True, "throttle": "3"},
                {"name": "a b", "capacity": 1},
            ],
        )

    def test_what_cannot_be_read_is_refused(self):
        for text in (":1", "a:", "a:b", "a:-1", "a:1:k=1=2", "a:1:k:k", "a:1:name=b"):
            with self.subTest(text), self.assertRaises(ValueError):
                parse_simple_config(text)

    def test_names_are_completed_and_the_last_entry_of_a_channel_wins(self):
        limits = read_channels("sub:2,root.sub:3,root:5")
        self.assertEqual(limits["root.sub"].capacity, 3)
        self.assertEqual(limits["root"].capacity, 5)

    def test_a_share_of_the_parent_is_a_capacity(self):
        self.assertEqual(read_channels("root:4,a:50%")["root.a"].capacity, Share(50))

    def test_paused_false_does_not_pause(self):
        limits = read_channels(
            "a:1:paused=False,b:1:sequential=0,c:1:paused,d:1:paused=on"
        )
        self.assertFalse(limits["root.a"].paused)
        self.assertFalse(limits["root.b"].sequential)
        self.assertTrue(limits["root.c"].paused)
        self.assertTrue(limits["root.d"].paused)

    def test_a_root_capacity_of_zero_disables_the_server_wherever_it_is_listed(self):
        for text in ("root:0", " root : 0", "a:1,root:0", "root:4,root:0"):
            with (
                self.subTest(text),
                patch.dict(os.environ, {"ODOO_QUEUE_JOB_CHANNELS": text}),
            ):
                self.assertFalse(is_enabled())
        with patch.dict(os.environ, {"ODOO_QUEUE_JOB_CHANNELS": "root:0,root:2,a:0"}):
            self.assertTrue(is_enabled())

    def test_a_bare_throttle_is_a_second(self):
        self.assertEqual(read_channels("a:2:throttle")["root.a"].throttle, 1)

    def test_a_sequential_channel_has_one_slot(self):
        with self.assertRaisesRegex(ValueError, "capacity of 1"):
            limits_of_entry({"name": "a", "capacity": 2, "sequential": True})

    def test_bad_entries_are_named_and_the_good_ones_used(self):
        with self.assertLogs(_LOGGER, "WARNING") as logs:
            limits = read_channels("root:4,bad:x,good:2:typo=1,:3,c:1:paused=perhaps")
        self.assertEqual(sorted(limits), ["root", "root.good"])
        output = "\n".join(logs.output)
        for expected in ("'bad:x'", "key=typo", "':3'", "'perhaps'"):
            self.assertIn(expected, output)


class TestChannelManager(BaseCase):
    def test_it_can_be_reconfigured_channel_by_channel(self):
        manager = ChannelManager()
        manager.simple_configure("root:4,a:2")
        manager.simple_configure("a:3")
        self.assertEqual(manager.get_channel_by_name("a").capacity, 3)
        self.assertEqual(manager.get_channel_by_name("").capacity, 4)

    def test_an_unknown_channel_is_created_or_replaced_on_request(self):
        manager = ChannelManager()
        manager.simple_configure("a:2")
        with self.assertRaises(ChannelNotFound):
            manager.get_channel_by_name("a.b")
        stand_in = manager.get_channel_by_name("a.b", parent_fallback=True)
        self.assertEqual(stand_in.name, "root.a")
        made = manager.get_channel_by_name("a.b", autocreate=True)
        self.assertEqual((made.name, made.capacity), ("root.a.b", None))
