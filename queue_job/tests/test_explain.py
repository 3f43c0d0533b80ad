from datetime import timedelta

from odoo.tests import tagged

from ..delay import chain
from ..engine.diagnostics.explain import Explainer
from ..engine.diagnostics.status import status
from ..engine.sql import WORKER_LOCK
from .engine_common import EngineCase


@tagged("post_install", "-at_install")
class TestExplain(EngineCase):
    def reasons(self, record) -> str:
        self.env.flush_all()
        return "\n".join(Explainer(self.env).explain(record.uuid))

    def setUp(self):
        super().setUp()
        self.root.capacity = "2"

    def test_it_says_that_no_worker_is_alive(self):
        self.env.cr.execute("DELETE FROM queue_job_worker")
        self.assertIn("No worker is alive", self.reasons(self.delay("one")))

    def test_it_says_which_jobs_use_the_capacity(self):
        running = self.delay("running") + self.delay("running too")
        self.claim(0)
        self.claim(1)
        reasons = self.reasons(self.delay("one"))
        self.assertIn("Channel root is full: its capacity of 2 is used", reasons)
        for record in running:
            self.assertIn(f"{record.name} ({record.uuid[:8]})", reasons)

    def test_it_says_that_a_channel_is_paused(self):
        self.channel("a", paused=True)
        record = self.delay("one", channel="root.a.b")
        self.assertIn("root.a is paused", self.reasons(record))
        self.assertIn("root.a is paused", record.waiting_reason)

    def test_it_says_that_a_channel_has_a_capacity_of_0(self):
        self.channel("a", capacity="0")
        record = self.delay("one", channel="root.a")
        self.assertIn("root.a has a capacity of 0", self.reasons(record))

    def test_it_says_how_long_a_channel_is_throttled(self):
        self.channel("a", throttle=600)
        self.delay("one", channel="root.a")
        self.claim()
        record = self.delay("two", channel="root.a")
        self.assertIn("root.a is throttled for", self.reasons(record))

    def test_it_says_when_a_job_may_start(self):
        reasons = self.reasons(self.delay("one", eta=3600))
        self.assertRegex(reasons, r"to start at .* UTC, in (1 hour|60 minutes)")

    def test_it_says_why_a_job_is_tried_again(self):
        record = self.delay("one", eta=600)
        record.write({"retry": 2, "result": "The shop is closed"})
        self.assertIn(
            "Retried after attempt 2: The shop is closed",
            self.reasons(record),
        )

    def test_it_says_which_jobs_it_waits_for(self):
        job = self.jobs.delayable
        chain(
            job(description="parent")._test_job(), job(description="child")._test_job()
        ).delay()
        parent = self.jobs.search([("name", "=", "parent")])
        child = self.jobs.search([("name", "=", "child")])
        self.assertIn(
            f"Waiting for parent ({parent.uuid[:8]}), which is pending",
            self.reasons(child),
        )

    def test_it_says_what_blocks_a_sequential_channel(self):
        self.channel("a", sequential=True)
        failed = self.delay("failed", channel="root.a")
        failed.state = "failed"
        later = self.delay("later", channel="root.a", eta=600)
        reasons = self.reasons(self.delay("one", channel="root.a"))
        self.assertIn(f"blocked by the failed job failed ({failed.uuid[:8]})", reasons)
        self.assertIn(f"for later ({later.uuid[:8]}), which comes first", reasons)

    def test_it_says_that_a_key_is_at_its_limit(self):
        self.jobs.with_delay(concurrency_key="k")._test_job()
        self.claim()
        record = self.jobs.with_delay(concurrency_key="k")._test_job().db_record()
        self.assertIn("Concurrency key k is limited to", self.reasons(record))

    def test_it_says_that_addons_are_being_updated_and_nothing_starts(self):
        module = self.env["ir.module.module"].search([("name", "=", "mail")])
        self.env.cr.execute(
            "UPDATE ir_module_module SET state = 'to upgrade', "
            "write_date = now() AT TIME ZONE 'UTC' WHERE id = %s",
            [module.id],
        )
        record = self.delay("one")
        self.assertIn("updated or removed: mail", self.reasons(record))
        claim = self.claim()
        self.assertIsNone(claim.lease)
        self.assertLessEqual(claim.seconds, 2)
        self.env.cr.execute(
            "UPDATE ir_module_module SET write_date = write_date - interval '2 h' "
            "WHERE id = %s",
            [module.id],
        )
        self.assertEqual(self.next_name(), "one")

    def enliven(self, *workers):
        """Hold the locks of workers, as their processes do."""
        self.env.cr.execute(
            "DELETE FROM queue_job_worker WHERE id != ALL(%s)", [list(workers)]
        )
        for worker in workers:
            self.env.cr.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)", [WORKER_LOCK, worker]
            )

    def test_it_says_which_jobs_keep_all_workers_busy_and_since_when(self):
        self.root.capacity = "9"
        self.configure("root:9")
        self.enliven(*self.workers[:2])
        self.delay("quick")
        self.delay("slow")
        self.claim(0)
        self.claim(1)
        self.env.cr.execute(
            "UPDATE queue_job SET state = 'started', date_started = "
            "now() AT TIME ZONE 'UTC' - CASE name WHEN 'slow' THEN interval '14 m' "
            "ELSE interval '1 m' END"
        )
        self.env.invalidate_all()
        slow = self.jobs.search([("name", "=", "slow")])
        quick = self.jobs.search([("name", "=", "quick")])
        record = self.delay("one")
        reasons = self.reasons(record)
        self.assertIn(
            f"All 2 workers are busy with slow ({slow.uuid[:8]}), "
            f"quick ({quick.uuid[:8]}), the oldest since "
            f"{slow.date_started:%Y-%m-%d %H:%M:%S}",
            reasons,
        )
        self.assertNotIn("in a moment", reasons)
        behind = self.reasons(self.delay("two"))
        self.assertIn("One job of the same channel is ahead of it", behind)
        self.assertIn("All 2 workers are busy", behind)
        self.assertNotIn("busy", self.reasons(self.delay("later", eta=60)))
        quick.state = "done"
        self.assertEqual(self.reasons(record), "Not blocked; starts shortly")

    def test_it_says_that_the_only_worker_is_busy(self):
        self.root.capacity = "9"
        self.configure("root:9")
        self.enliven(self.workers[0])
        self.delay("slow")
        self.claim(0)
        reasons = self.reasons(self.delay("one"))
        self.assertIn("The only worker has been busy with slow (", reasons)

    def test_a_job_that_no_worker_takes_does_not_start_shortly(self):
        self.enliven(self.workers[0])
        record = self.delay("one")
        self.env.cr.execute(
            "UPDATE queue_job SET date_created = date_created - interval '14 m'"
        )
        self.assertIn("not taken by a worker yet", self.reasons(record))

    def test_it_says_that_the_scheduled_action_is_inactive(self):
        self.env.cr.execute("DELETE FROM queue_job_worker")
        record = self.delay("one")
        self.assertIn("runs the jobs once a minute", self.reasons(record))
        self.env.ref("queue_job.ir_cron_run_jobs").active = False
        self.assertIn("is inactive", self.reasons(record))

    def test_it_says_how_many_jobs_are_ahead(self):
        self.delay("1")
        self.delay("2")
        self.assertIn("2 jobs of the same channel", self.reasons(self.delay("one")))

    def test_it_says_the_outcome_of_jobs_that_do_not_wait(self):
        record = self.delay("one")
        for state, outcome in (("done", "is done"), ("cancelled", "was cancelled")):
            record.state = state
            self.assertIn(outcome, self.reasons(record))
        self.assertEqual(Explainer(self.env).explain("no such uuid"), [])

    def test_the_status_counts_jobs_and_names_workers(self):
        self.delay("one", channel="root.a")
        self.delay("two")
        self.claim(0)
        self.env.flush_all()
        found = status(self.env)
        self.assertEqual(found["channels"]["root"]["in_use"], 1)
        self.assertEqual(found["channels"]["root"]["capacity"], 2)
        states = {}
        for channel in found["channels"].values():
            for state, count in channel["states"].items():
                states[state] = states.get(state, 0) + count
        self.assertEqual(states, {"pending": 1, "enqueued": 1})
        self.assertEqual(len(found["workers"]), len(self.workers))
        self.assertTrue(found["oldest_waiting"]["uuid"])

    def wait_for(self, seconds, **properties):
        record = self.delay("waits", **properties)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE queue_job SET date_created = date_created - %(since)s, "
            "eta = eta - %(since)s WHERE id = %(id)s;"
            "UPDATE queue_job SET eta_passed = TRUE WHERE id = %(id)s",
            {"since": timedelta(seconds=seconds), "id": record.id},
        )
        self.env.invalidate_all()

    def test_the_status_says_why_no_job_of_a_channel_starts(self):
        def reason(name):
            return status(self.env)["channels"][f"root.{name}"]["block_reason"]

        self.channel("open")
        paused = self.channel("paused", paused=True)
        ordered = self.channel("ordered", sequential=True)
        for name in ("open", "paused", "ordered"):
            self.delay("waits", channel=f"root.{name}")
        self.assertEqual(
            [reason(name) for name in ("open", "paused", "ordered")],
            [None, "paused", None],
        )
        self.delay("failed", channel="root.ordered").state = "failed"
        self.env.flush_all()
        self.assertEqual(reason("ordered"), "failed_job")
        ordered.invalidate_recordset()
        self.assertIn("is blocked by the failed job failed", ordered.block_reason)
        self.assertIn("paused", paused.block_reason)
        self.assertFalse(self.channels.new().block_reason)

    def test_the_longest_wait_is_that_of_the_oldest_job(self):
        self.assertEqual(self.jobs._longest_wait(), 0)
        self.wait_for(100, channel="root.a")
        self.wait_for(900, channel="root.b")
        self.assertAlmostEqual(self.jobs._longest_wait(), 900, delta=60)

    def test_a_job_does_not_count_as_waiting_before_its_eta(self):
        self.wait_for(500, eta=300)
        self.assertAlmostEqual(self.jobs._longest_wait(), 200, delta=60)
        self.assertAlmostEqual(status(self.env)["oldest_waiting"]["age"], 200, delta=60)
        self.delay("later", eta=300)
        self.assertAlmostEqual(self.jobs._longest_wait(), 200, delta=60)

    def test_held_jobs_do_not_count_as_waiting(self):
        paused = self.channel("paused", paused=True)
        self.channel("closed", capacity="0")
        for name in ("root.paused.below", "root.closed"):
            self.wait_for(900, channel=name)
        self.assertEqual(self.jobs._longest_wait(), 0)
        paused.paused = False
        self.assertAlmostEqual(self.jobs._longest_wait(), 900, delta=60)
