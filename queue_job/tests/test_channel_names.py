import logging
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..engine import config
from ..engine.diagnostics.explain import Explainer
from ..engine.diagnostics.status import status
from .engine_common import EngineCase

_CLAIM = "odoo.addons.queue_job.engine.claim.claimer"
_EXPLAIN_SQL = "odoo.addons.queue_job.engine.diagnostics.sql"


@tagged("post_install", "-at_install")
class TestChannelNames(EngineCase):
    def setUp(self):
        super().setUp()
        self.configure("root:6")
        self.sales = self.channel("sales", capacity="1")

    def end_lease(self, claim, **values):
        """End the jobs of a claim with these values."""
        self.env.cr.execute("DELETE FROM queue_job_lease WHERE id = %s", [claim.lease])
        jobs = self.jobs.search([("lease_id", "=", claim.lease)])
        jobs.write({"lease_id": False, **values})
        self.env.flush_all()
        return jobs

    def test_a_job_that_runs_keeps_its_slot_in_a_renamed_channel(self):
        self.delay("runs", channel="root.sales")
        self.delay("waits", channel="root.sales")
        running = self.claim(0)
        self.sales.name = "orders"
        self.assertIsNone(self.next_name(1))
        self.end_lease(running, state="done")
        self.assertEqual(self.next_name(1), "waits")

    def test_a_job_that_runs_keeps_its_slot_in_a_channel_below_one_that_moved(self):
        below = self.channel("eu", self.sales, capacity="1")
        self.delay("runs", channel="root.sales.eu")
        self.delay("waits", channel="root.sales.eu")
        self.claim(0)
        self.sales.parent_id = self.channel("warehouse")
        self.assertEqual(below.complete_name, "root.warehouse.sales.eu")
        self.assertIsNone(self.next_name(1))

    def test_a_job_is_retried_within_the_limits_of_its_renamed_channel(self):
        self.delay("retried", channel="sales")
        running = self.claim(0)
        # only its worker writes the row of a running job
        self.env.cr.execute("UPDATE queue_job SET state = 'started'")
        self.sales.write({"name": "orders", "paused": True})
        job = self.end_lease(running, state="pending")
        self.assertEqual(job.channel, "sales")
        self.assertIsNone(self.next_name(1))
        self.sales.paused = False
        self.assertEqual(self.next_name(1), "retried")

    def test_a_requeued_job_runs_within_the_limits_of_its_renamed_channel(self):
        job = self.delay("again", channel="root.sales")
        job.write({"state": "done"})
        self.sales.write({"name": "orders", "paused": True})
        self.sales.name = "deals"
        job.requeue()
        self.assertIsNone(self.next_name())

    def test_code_may_name_a_channel_as_it_was(self):
        self.sales.write({"name": "orders", "paused": True})
        self.delay("by its former name", channel="root.sales")
        self.delay("below it", channel="root.sales.eu")
        self.assertIsNone(self.next_name())

    def test_a_throttle_continues_in_a_renamed_channel(self):
        self.sales.write({"capacity": "4", "throttle": 30})
        self.delay("first", channel="root.sales")
        self.delay("second", channel="root.sales")
        self.assertEqual(self.next_name(0), "first")
        self.sales.name = "orders"
        self.assertIsNone(self.next_name(1))

    def test_a_failed_job_blocks_its_renamed_sequential_channel(self):
        self.sales.sequential = True
        self.delay("fails", channel="root.sales")
        running = self.claim(0)
        self.sales.name = "orders"
        self.end_lease(running, state="failed")
        self.delay("behind", channel="root.orders")
        self.assertIsNone(self.next_name(1))

    def test_a_new_channel_takes_over_a_former_name(self):
        self.sales.write({"name": "orders", "paused": True})
        self.channel("sales")
        self.assertFalse(self.sales.former_names)
        self.delay("of the new one", channel="root.sales")
        self.assertEqual(self.next_name(), "of the new one")

    def test_a_channel_named_again_as_before_is_no_former_one(self):
        self.sales.name = "orders"
        self.sales.name = "sales"
        self.assertEqual(self.sales.former_names, "root.orders")

    def test_jobs_of_a_deleted_channel_run_in_the_one_above(self):
        parent = self.channel("warehouse", capacity="1")
        channel = self.channel("eu", parent)
        running = self.delay("runs", channel="root.warehouse.eu")
        waiting = self.delay("waits", channel="root.warehouse.eu")
        claim = self.claim(0)
        channel.unlink()
        self.assertEqual(waiting.channel, "root.warehouse")
        self.assertEqual(running.channel, "root.warehouse")
        self.assertIsNone(self.next_name(1))
        self.end_lease(claim, state="done")
        self.assertEqual(self.next_name(1), "waits")

    def test_a_channel_that_the_configuration_names_is_not_renamed_or_deleted(self):
        with patch.object(config, "channels_text", return_value="root:4,sales:1"):
            for change in (
                lambda: self.sales.write({"name": "orders"}),
                lambda: self.sales.write({"parent_id": self.channel("warehouse").id}),
                lambda: self.sales.unlink(),
            ):
                with self.assertRaisesRegex(UserError, "in the server configuration"):
                    change()
            self.sales.write({"name": "sales", "removal_interval": 3})

    def test_a_manager_types_the_name_of_an_existing_channel(self):
        manager = new_test_user(
            self.env, "typist", "base.group_user,queue_job.group_queue_job_manager"
        )
        job = self.delay("typed").with_user(manager)
        for typed in ("root.sles", "sals", "root.nowhere.at.all"):
            nearest = "root" if "nowhere" in typed else "root.sales"
            with (
                self.assertRaisesRegex(UserError, rf"nearest .*? is {nearest}\."),
                Form(job) as form,
            ):
                form.channel = typed
        for typed, stored in (("sales", "root.sales"), (" root.sales ", "root.sales")):
            with Form(job) as form:
                form.channel = typed
            self.assertEqual(job.channel, stored)

    def test_a_channel_typed_in_another_form_is_not_made(self):
        channels = self.env["queue.job.channel"]
        with self.assertRaisesRegex(UserError, r"nearest .*? is root\.sales\."):
            channels.name_create("root.sles")
        self.assertEqual(channels.name_create("sales")[0], self.sales.id)

    def test_the_name_of_a_channel_is_one_part_of_its_complete_name(self):
        with self.assertRaisesRegex(ValidationError, "dot"):
            self.channel("root.sales")
        with self.assertRaisesRegex(ValidationError, "dot"):
            self.sales.name = "sales.eu"
        declared = self.channels.with_context(install_mode=True).create(
            {"name": "declared.by.an.addon", "parent_id": self.root.id}
        )
        self.assertTrue(declared.complete_name)

    def test_a_job_in_an_unknown_channel_runs_and_is_logged(self):
        self.configure("root:6")
        job = self.delay("typo", channel="root.sles")
        self.delay("typo", channel="root.sles")
        reasons = Explainer(self.env).explain(job.uuid)
        self.assertIn("root.sles does not exist", reasons[-1])
        self.assertIn("limits of root. The nearest", reasons[-1])
        self.assertIn("is root.sales.", reasons[-1])
        self.assertFalse(status(self.env)["channels"]["root.sles"]["exists"])
        with self.assertLogs(_CLAIM, logging.INFO) as logs:
            self.assertEqual(self.next_name(0), "typo")
            self.assertEqual(self.next_name(1), "typo")
        self.assertEqual(len(logs.output), 1)
        self.assertIn("root.sles limits_of=root nearest=root.sales", logs.output[0])

    def test_an_unknown_channel_is_within_the_limits_of_the_known_one_above_it(self):
        self.delay("first", channel="root.sales.eu")
        self.delay("second", channel="root.sales.us")
        self.assertEqual(self.next_name(0), "first")
        self.assertIsNone(self.next_name(1))

    def test_a_channel_counts_and_opens_the_jobs_that_name_it_as_before(self):
        named = self.delay("waits", channel="root.sales")
        self.sales.name = "orders"
        named |= self.delay("by its former name", channel="root.sales")
        named |= self.delay("by its short name", channel="orders")
        self.delay("of another", channel="root.salesforce")
        self.assertEqual(self.sales.waiting_count, 3)
        self.assertEqual(self.root.waiting_count, 4)
        domain = self.sales.action_open_waiting_jobs()["domain"]
        self.assertEqual(self.jobs.search(domain), named)

    def test_ended_jobs_are_kept_as_long_as_their_renamed_channel_says(self):
        self.root.removal_interval = 30
        job = self.delay("done", channel="root.sales")
        job.write({"state": "done", "date_done": "2020-01-01 00:00:00"})
        self.sales.write({"name": "orders", "removal_interval": 100_000})
        self.jobs._gc_old_jobs()
        self.assertTrue(job.exists())
        self.sales.removal_interval = 10
        self.jobs._gc_old_jobs()
        self.assertFalse(job.exists())


@tagged("post_install", "-at_install")
class TestDefaultCapacity(EngineCase):
    def lease_all(self) -> int:
        """Return how many of the six workers get a job out of twelve."""
        for number in range(12):
            self.delay(f"job {number}")
        return sum(self.claim(worker).lease is not None for worker in range(6))

    def in_force(self, channel, alive=6) -> str:
        channel.invalidate_recordset(["capacity_in_force"])
        statement = f"SELECT {alive}, %(timeout)s"
        with patch(f"{_EXPLAIN_SQL}.ALIVE", statement):
            return channel.capacity_in_force

    def test_with_nothing_set_the_root_takes_as_many_as_there_are_workers(self):
        self.assertEqual(self.lease_all(), 6)
        self.assertEqual(self.in_force(self.root), "6")

    def test_without_any_worker_the_scheduled_action_runs_one_job_at_a_time(self):
        self.assertEqual(self.in_force(self.root, alive=0), "1")

    def test_a_capacity_of_one_in_the_configuration_is_one(self):
        self.configure("root:1")
        self.assertEqual(self.lease_all(), 1)
        with patch.object(config, "channels_text", return_value="root:1"):
            self.assertEqual(self.in_force(self.root), "1")

    def test_a_capacity_of_one_in_the_form_is_one(self):
        self.root.capacity = "1"
        self.assertEqual(self.lease_all(), 1)
        self.assertEqual(self.in_force(self.root), "1")

    def test_a_share_of_the_root_is_one_of_the_workers(self):
        half = self.channel("half", capacity="50%")
        self.assertEqual(self.in_force(half), "3")
        self.assertFalse(self.in_force(self.channel("free")))
        self.assertEqual(self.in_force(self.channel("none", capacity="0")), "0")

    def test_the_status_shows_the_effective_capacity(self):
        with patch(f"{_EXPLAIN_SQL}.ALIVE", "SELECT 4, %(timeout)s"):
            self.assertEqual(status(self.env)["channels"]["root"]["capacity"], 4)
