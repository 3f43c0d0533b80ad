import os
import random
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import Form, tagged

from ..engine.claim.claimer import MODULES_CHANGE_INTERVAL, NotRegistered
from ..engine.claim.sql.candidates import MAX_KEYS, NEAR
from ..engine.claim.sql.claim import MAX_BYTES
from ..engine.diagnostics.explain import Explainer
from ..engine.sql import NOTIFY_WORKERS, rescue
from ..job import Job
from .engine_common import EngineCase


@tagged("post_install", "-at_install")
class TestClaim(EngineCase):
    def setUp(self):
        super().setUp()
        self.configure("root:4")

    def test_jobs_are_taken_by_priority_then_age(self):
        self.delay("second")
        self.delay("third")
        self.delay("first", priority=5)
        self.assertEqual(
            [self.next_name(worker) for worker in range(3)],
            ["first", "second", "third"],
        )

    def test_a_claim_marks_jobs_as_leased_by_its_worker(self):
        record = self.delay("one")
        claim = self.claim()
        self.assertEqual(record.state, "enqueued")
        self.assertEqual(record.lease_id, claim.lease)
        lease = self.env["queue.job.lease"].browse(claim.lease)
        self.assertEqual(lease.worker_id.id, self.workers[0])
        self.assertEqual(lease.channel, "root")

    def test_a_claim_says_whether_its_worker_is_idle(self):
        worker = self.env["queue.job.worker"].browse(self.workers[0])
        self.claim(0)
        self.assertTrue(worker.idle)
        self.delay("one")
        self.claim(0)
        self.assertFalse(worker.idle)
        self.env.cr.execute("DELETE FROM queue_job")
        self.claim(0, settle=True)
        self.assertTrue(worker.idle)

    def is_calling(self) -> bool:
        """Claim; tell whether that notified the idle workers."""
        execute = self.env.cr.execute
        with patch.object(self.env.cr, "execute", side_effect=execute) as executed:
            self.claim()
        return any(call.args[0] == NOTIFY_WORKERS for call in executed.mock_calls)

    def test_idle_workers_are_notified_when_a_claim_leaves_jobs_that_may_start(self):
        self.configure("root:4,a:1,b:1")
        self.claim(1)
        self.delay("one", channel="root.a")
        self.assertFalse(self.is_calling(), "nothing is left")
        self.delay("behind it", channel="root.a")
        self.delay("one", channel="root.b")
        self.assertFalse(self.is_calling(), "the rest has no slot")
        self.delay("one")
        self.delay("two")
        self.assertTrue(self.is_calling(), "more in the same channel")
        self.env.cr.execute("DELETE FROM queue_job; DELETE FROM queue_job_lease")
        self.delay("one", channel="root.a")
        self.delay("one", channel="root.b")
        self.assertTrue(self.is_calling(), "one in another channel")
        self.env.cr.execute("DELETE FROM queue_job; DELETE FROM queue_job_lease")
        self.keyed(2)
        self.assertFalse(self.is_calling(), "what is left waits for this one's key")

    def test_busy_workers_are_not_notified(self):
        self.delay("one")
        self.delay("two")
        self.assertFalse(self.is_calling())

    def test_jobs_wait_while_addons_are_installed_or_updated(self):
        """Their code and their tables may not match."""
        module = self.env.ref("base.module_web")
        self.delay("one")
        for state in ("to install", "to upgrade", "to remove"):
            module.state = state
            claim = self.claim()
            self.assertEqual(self.names(claim), [])
            self.assertLessEqual(claim.seconds, MODULES_CHANGE_INTERVAL)
        self.env.cr.execute(
            "UPDATE ir_module_module SET write_date = write_date - interval '2 hours'"
        )
        self.assertEqual(self.next_name(), "one", "a mark that was forgotten")
        self.delay("two")
        module.state = "installed"
        self.assertEqual(self.next_name(1), "two")

    def test_a_leased_job_is_not_taken_twice(self):
        self.delay("one")
        self.assertEqual(self.next_name(0), "one")
        self.assertIsNone(self.next_name(1))

    def test_no_more_leases_than_the_capacity(self):
        for number in range(6):
            self.delay(str(number))
        taken = [self.next_name(worker) for worker in range(6)]
        self.assertEqual(taken, ["0", "1", "2", "3", None, None])

    def test_a_settled_lease_frees_its_slot_and_the_jobs_not_begun(self):
        self.configure("root:1")
        record = self.delay("one")
        self.claim(0)
        self.assertIsNone(self.next_name(1))
        self.assertEqual(self.next_name(0, settle=True), "one")
        self.assertEqual(len(self.env["queue.job.lease"].search([])), 1)
        self.assertEqual(record.state, "enqueued")

    def test_a_full_sub_channel_does_not_block_the_others(self):
        self.configure("root:4,a:1")
        self.delay("a1", channel="root.a")
        self.delay("a2", channel="root.a.b")
        self.delay("other", priority=20)
        taken = [self.next_name(worker) for worker in range(3)]
        self.assertEqual(taken, ["a1", "other", None])

    def test_an_urgent_job_overtakes_those_of_its_sub_channel_when_the_parent_is_full(
        self,
    ):
        self.configure("root:1,a:5")
        self.delay("running")
        self.claim(0)
        self.delay("patient", channel="root.a")
        self.assertIsNone(self.next_name(1))
        self.delay("urgent", channel="root.a", priority=1)
        self.assertEqual(self.next_name(0, settle=True), "urgent")

    def test_jobs_without_channel_priority_or_date_run_last_in_the_root(self):
        self.env.cr.execute(
            "INSERT INTO queue_job (uuid, state, model_name, method_name, name) "
            "VALUES ('by-hand', 'pending', 'base', 'write', 'by hand')"
        )
        self.delay("ordinary")
        self.assertEqual(
            [self.next_name(0), self.next_name(1)], ["ordinary", "by hand"]
        )

    def test_a_job_waits_for_its_eta_and_then_competes_by_priority(self):
        record = self.delay("later", eta=3600, priority=1)
        self.delay("now")
        claim = self.claim(0)
        self.assertEqual(self.names(claim), ["now"])
        self.assertIsNone(self.next_name(1))
        self.delay("now too")
        record.eta = datetime.now() - timedelta(seconds=1)
        self.assertEqual(self.next_name(2), "later")
        self.assertTrue(record.eta)

    def test_an_eta_moved_away_again_is_waited_for(self):
        record = self.delay("later", eta=datetime.now() - timedelta(hours=1))
        claim = self.claim(0)
        self.assertEqual(self.names(claim), ["later"])
        self.env.cr.execute(
            "UPDATE queue_job SET state = 'pending' WHERE id = %s", [record.id]
        )
        record.eta = datetime.now() + timedelta(hours=1)
        self.assertIsNone(self.next_name(1))

    def test_a_claim_says_when_the_next_eta_comes(self):
        self.delay("later", eta=30)
        self.assertLessEqual(self.claim().seconds, 30)
        self.assertGreater(self.claim().seconds, 20)

    def test_a_paused_channel_starts_nothing(self):
        channel = self.channel("a", paused=True)
        self.delay("held", channel="root.a.b")
        self.assertIsNone(self.next_name())
        channel.paused = False
        self.assertEqual(self.next_name(), "held")

    def test_the_capacity_of_a_record_acts_at_once(self):
        self.configure("")
        self.root.capacity = "2"
        for number in range(3):
            self.delay(str(number))
        self.assertEqual(
            [self.next_name(worker) for worker in range(3)], ["0", "1", None]
        )
        self.root.capacity = "3"
        self.assertEqual(self.next_name(2), "2")

    def test_the_configuration_overrides_the_record(self):
        self.configure("root:1")
        self.root.capacity = "5"
        self.delay("one")
        self.delay("two")
        self.assertEqual([self.next_name(0), self.next_name(1)], ["one", None])

    def test_a_throttled_channel_starts_one_job_per_interval(self):
        self.configure("root:4,a:4:throttle=30")
        self.averages.note("<queue.job>._test_job", 0.001)
        self.delay("one", channel="root.a")
        self.delay("one more", channel="root.a")
        self.delay("two", channel="root.a.b")
        self.assertEqual(self.names(self.claim(0)), ["one"])
        claim = self.claim(1)
        self.assertEqual(self.names(claim), [])
        self.assertLessEqual(claim.seconds, 30)
        self.env.cr.execute(
            "UPDATE queue_job_throttle SET last_start = last_start - interval '31 s'"
        )
        self.assertEqual(self.next_name(1), "one more")

    def test_a_failed_job_blocks_its_sequential_channel_only(self):
        self.configure("root:4,a:1:sequential")
        failed = self.delay("failed", channel="root.a")
        failed.state = "failed"
        self.delay("held", channel="root.a")
        self.delay("free", priority=20)
        self.assertEqual([self.next_name(0), self.next_name(1)], ["free", None])
        failed.button_cancelled()
        self.assertEqual(self.next_name(1), "held")

    def test_a_sequential_channel_is_one_however_its_jobs_write_its_name(self):
        self.configure("root:4,a:1:sequential")
        failed = self.delay("failed", channel="a")
        failed.state = "failed"
        held = self.delay("held", channel="root.a")
        self.assertIsNone(self.next_name())
        self.assertIn("by the failed job", self.explained("a:1:sequential", held))
        failed.button_cancelled()
        self.delay("retried", channel="a", eta=600, priority=1)
        self.assertIsNone(self.next_name())
        self.env.cr.execute("UPDATE queue_job SET state = 'done' WHERE name='retried'")
        self.assertEqual(self.next_name(), "held")

    def explained(self, configuration, record) -> str:
        with patch.dict(os.environ, ODOO_QUEUE_JOB_CHANNELS=configuration):
            return "\n".join(Explainer(self.env).explain(record.uuid))

    def test_a_failed_job_blocks_the_channels_below_its_sequential_one(self):
        self.configure("root:4,a:1:sequential")
        failed = self.delay("failed", channel="root.a")
        failed.state = "failed"
        held = self.delay("held", channel="root.a.b")
        self.assertIsNone(self.next_name())
        self.assertIn("by the failed job", self.explained("a:1:sequential", held))
        failed.button_done()
        self.assertEqual(self.next_name(), "held")

    def test_a_job_to_be_retried_blocks_those_behind_it_in_a_sequential_channel(
        self,
    ):
        self.configure("root:4,a:1:sequential")
        retried = self.delay("retried", channel="root.a", eta=600)
        self.delay("behind", channel="root.a")
        self.delay("before", channel="root.a", priority=1)
        claim = self.claim(0)
        self.assertEqual(self.names(claim), ["before"])
        claim = self.claim(0, settle=True)
        # still pending, as it was released: again the first
        self.assertEqual(self.names(claim), ["before"])
        self.env.cr.execute("UPDATE queue_job SET state = 'done' WHERE name = 'before'")
        claim = self.claim(0, settle=True)
        self.assertEqual(self.names(claim), [])
        self.assertLessEqual(claim.seconds, 600)
        retried.eta = False
        self.assertEqual(self.next_name(0), "retried")

    def test_a_failed_job_that_waits_for_others_again_blocks_nothing(self):
        self.configure("root:4,order:1:sequential")
        failed = self.delay("failed", channel="root.order")
        self.delay("next", channel="root.order")
        self.env.cr.execute(
            "UPDATE queue_job SET state = 'failed' WHERE id = %s", [failed.id]
        )
        self.assertIsNone(self.next_name())
        self.env.cr.execute(
            "UPDATE queue_job SET state = 'wait_dependencies' WHERE id = %s",
            [failed.id],
        )
        self.assertEqual(self.next_name(), "next")

    def test_a_job_leased_to_a_busy_worker_for_long_is_not_leased_again(
        self,
    ):
        record = self.delay("one")
        self.claim(0)
        record.date_enqueued = datetime.now() - timedelta(hours=1)
        self.env.flush_all()
        self.env.cr.execute(rescue.RESCUE_ORPHANS)
        self.assertFalse(self.env.cr.fetchall())
        self.assertIsNone(self.next_name(1))

    def test_a_job_waiting_for_parents_is_not_taken_when_it_was_pending_before(self):
        record = self.delay("child")
        parent = self.delay("parent", eta=600)
        job = Job.load(self.env, record.uuid)
        job.graph_uuid = "graph"
        job.add_depends({Job.load(self.env, parent.uuid)})
        job.store()
        self.assertEqual(record.state, "wait_dependencies")
        self.assertIsNone(self.next_name())

    def test_a_cancelled_job_is_not_started(self):
        record = self.delay("one")
        claim = self.claim()
        record.button_cancelled()
        self.run_batch(self.batch(claim))
        self.assertEqual(record.state, "cancelled")
        self.assertFalse(record.date_started)

    def test_short_jobs_are_leased_together_and_long_ones_alone(self):
        for number in range(8):
            self.delay(str(number))
        function = "<queue.job>._test_job"
        self.averages.note(function, 0.02)
        self.assertEqual(self.names(self.claim(0)), ["0", "1", "2", "3", "4"])
        self.averages.note(function, 10.0)
        self.assertEqual(self.names(self.claim(1)), ["5"])

    def test_a_lease_is_limited_in_bytes_and_notifies_others_of_the_rest(self):
        self.averages.note("<queue.job>._test_on_fail", 0.001)
        big = random.Random(1).randbytes(MAX_BYTES // 3).hex()[: MAX_BYTES * 2 // 5]
        for number in range(6):
            self.delay(f"big {number}", "_test_on_fail", kwargs={"text": big})
        for number in range(50):
            self.delay(f"small {number}", "_test_on_fail", priority=20)
        self.claim(1)
        self.env["queue.job.worker"].browse(self.workers[1]).idle = True
        self.assertTrue(self.is_calling())
        small = [f"small {number}" for number in range(50)]
        self.assertEqual(self.names(self.claim()), ["big 4", "big 5", *small])

    def test_a_job_larger_than_a_lease_is_leased_alone(self):
        self.averages.note("<queue.job>._test_on_fail", 0.001)
        big = random.Random(1).randbytes(MAX_BYTES).hex()
        for number in range(2):
            self.delay(f"big {number}", "_test_on_fail", kwargs={"text": big})
        self.assertEqual(self.names(self.claim()), ["big 0"])
        self.assertEqual(self.names(self.claim()), ["big 1"])

    def test_keyed_jobs_over_their_limit_wait_without_blocking_the_others(self):
        keyed = self.delay("k1") + self.delay("k2") + self.delay("k3")
        keyed.write({"concurrency_key": "backend 1", "concurrency_limit": 2})
        self.delay("free", priority=20)
        taken = [self.next_name(worker) for worker in range(4)]
        self.assertEqual(taken, ["k1", "k2", "free", None])

    def keyed(self, count: int, key: str = "'flood'", priority: str = "1") -> None:
        """Store jobs of which one per key may run at once.

        ``key``, ``priority``: of the job with this ``number``, in SQL
        """
        self.env.cr.execute(
            "INSERT INTO queue_job (uuid, state, name, channel, priority, "
            "                       date_created, concurrency_key, concurrency_limit) "
            f"SELECT gen_random_uuid(), 'pending', number, 'root', {priority}, "
            f"       now(), {key}, 1 FROM generate_series(1, %s) AS number",
            [count],
        )

    def flood(self, count: int) -> None:
        """Add jobs at the front that wait for the running one."""
        self.keyed(count)
        self.claim()

    def test_any_number_of_jobs_over_the_limit_of_their_key_blocks_no_other(self):
        self.flood(3 * NEAR)
        self.delay("keyed", priority=6).write(
            {"concurrency_key": "other", "concurrency_limit": 1}
        )
        self.delay("free")
        self.delay("free too")
        self.averages.note("<queue.job>._test_job", 0.01)
        self.assertEqual(self.names(self.claim(1)), ["keyed"])
        self.assertEqual(self.names(self.claim(2)), ["free", "free too"])
        self.assertEqual(self.names(self.claim(3)), [])

    def test_the_most_urgent_of_many_keys_comes_first_behind_jobs_over_their_limit(
        self,
    ):
        self.flood(3 * NEAR)
        last = MAX_KEYS + 5
        self.keyed(
            last,
            key="'many ' || lpad(number::text, 5, '0')",
            priority=f"CASE number WHEN {last} THEN 2 ELSE 3 END",
        )
        self.assertEqual(self.next_name(1), str(last))

    def test_jobs_over_the_limit_of_their_key_cost_a_claim_little(self):
        self.flood(10 * NEAR)
        self.delay("free")
        self.env.flush_all()
        self.env.cr.execute("ANALYZE queue_job")  # as the server does automatically
        before = self._rows_read()
        self.assertEqual(self.next_name(1), "free")
        self.assertLess(self._rows_read() - before, 3 * NEAR)

    def crowd(self):
        """Store a large number of jobs that cannot run now."""
        self.env.cr.execute(
            "INSERT INTO queue_job (uuid, state, channel, priority, date_created, eta) "
            "SELECT gen_random_uuid(), state, 'root', 10, now() AT TIME ZONE 'UTC', "
            "       now() AT TIME ZONE 'UTC' + number * interval '1 hour' "
            "  FROM generate_series(1, 500) AS number, "
            "       unnest(ARRAY['pending', 'done', 'failed', 'wait_dependencies']) "
            "       AS state"
        )

    def test_jobs_that_cannot_run_now_cost_a_claim_nothing(self):
        self.crowd()
        self.delay("one")
        self.env.flush_all()
        self.env.cr.execute("ANALYZE queue_job")  # as the server does automatically
        before = self._rows_read()
        self.assertEqual(self.next_name(), "one")
        self.assertLess(self._rows_read() - before, 100)

    def test_a_claim_costs_no_more_with_the_statistics_of_an_empty_table(self):
        """As when the table was empty a minute ago."""
        for in_order in ("", ":sequential"):
            self.configure(f"root:1{in_order}")
            vars(self.env.cr).pop("queue_job_prepared", None)
            self.env.cr.execute("DELETE FROM queue_job; DELETE FROM queue_job_lease")
            self.env.cr.execute("ANALYZE queue_job")
            self.crowd()
            self.env.cr.execute(
                "UPDATE queue_job SET state = 'done', eta = NULL WHERE state = 'failed'"
            )
            self.delay("one", priority=1)
            self.env.flush_all()
            before = self._rows_read()
            self.assertEqual(self.next_name(), "one")
            self.assertLess(self._rows_read() - before, 100)
            before = self._rows_read()
            self.assertEqual(self.next_name(settle=True), "one")
            self.assertLess(self._rows_read() - before, 100)

    def _rows_read(self) -> int:
        self.env.cr.execute(
            "SELECT sum(idx_tup_fetch + seq_tup_read) FROM pg_stat_xact_user_tables "
            "WHERE relname = 'queue_job'"
        )
        return self.env.cr.fetchone()[0]

    def test_a_worker_considered_dead_gets_nothing(self):
        self.delay("one")
        self.env.cr.execute(
            "DELETE FROM queue_job_worker WHERE id = %s", [self.workers[0]]
        )
        with self.assertRaises(NotRegistered):
            self.claim(0)

    def test_a_malformed_capacity_is_refused_by_the_form(self):
        with self.assertRaisesRegex(Exception, "an integer or a share"):
            self.root.capacity = "many"
        with self.assertRaisesRegex(Exception, "cannot exceed 1"):
            self.channel("a", capacity="3", sequential=True)

    def test_the_form_of_a_channel_opens(self):
        with Form(self.channels) as form:
            form.name = "new"
            form.parent_id = self.root
        self.assertEqual(form.record.complete_name, "root.new")
