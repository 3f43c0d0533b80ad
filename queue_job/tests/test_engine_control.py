import asyncio
import threading
from datetime import datetime, timedelta
from unittest.mock import AsyncMock, MagicMock, patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..delay import chain
from ..engine import interrupt
from ..engine import overseer as overseer_module
from ..engine.config import grace_seconds
from ..engine.explain import Explainer
from ..engine.hand import Hand
from ..engine.interrupt import Interruptible, Interruption, JobInterrupted
from ..engine.outcome import settle_stuck
from ..engine.overseer import Overseer
from ..engine.sql import WORKER_LOCK
from ..engine.status import status
from ..exception import RetryableJobError
from ..job import Job
from ..models.queue_job import QueueJob
from .engine_common import EngineCase

_OUTCOME = "odoo.addons.queue_job.engine.outcome"
_MAIN = "odoo.addons.queue_job.controllers.main"


@tagged("post_install", "-at_install")
class TestControl(EngineCase):
    def setUp(self):
        super().setUp()
        self.configure("root:4")
        self.function = self.env.ref("queue_job.job_function_queue_job__test_job")

    def run_doing(self, function, hand=None):
        """Claim and run jobs whose method is ``function(record, hand)``."""
        hand = hand or self.hand(self.claim())

        def _test_job(record, *args, **kwargs):
            return function(record, hand)

        with patch.object(QueueJob, "_test_job", _test_job):
            self.run_hand(hand)
        self.env.cr.execute("DELETE FROM queue_job_lease")

    def interrupted_by(self, interruption, caught=False):
        """Return a job method that is interrupted, which it cannot catch as an
        ``Exception``."""

        def method(record, hand):
            record.env.user.partner_id.name = "written by the job"
            record.env.flush_all()
            asked = threading.Thread(
                target=hand.interrupt, args=(hand.current, interruption)
            )
            asked.start()
            asked.join()
            while True:
                try:
                    sum(range(100))
                except Exception:
                    self.fail("a job can take its interruption for an error")

        return method

    @mute_logger(_OUTCOME, _MAIN)
    def test_a_job_over_its_time_limit_fails_and_is_rolled_back(self):
        record = self.delay("one")
        self.run_doing(self.interrupted_by(Interruption("time_limit", seconds=3)))
        self.assertEqual(record.state, "failed")
        self.assertEqual(record.exc_name, "JobTimeLimitExceeded")
        self.assertIn("more than 3 seconds", record.exc_message)
        self.assertNotEqual(self.env.user.partner_id.name, "written by the job")

    @mute_logger(_OUTCOME)
    def test_a_stopped_job_is_cancelled_with_its_dependents(self):
        job = self.jobs.delayable
        chain(
            job(description="parent")._test_job(), job(description="child")._test_job()
        ).delay()
        self.run_doing(self.interrupted_by(Interruption("stop", by="Ada")))
        parent = self.jobs.search([("name", "=", "parent")])
        self.assertEqual((parent.state, parent.result), ("cancelled", "Stopped by Ada"))
        self.assertEqual(self.jobs.search([("name", "=", "child")]).state, "cancelled")
        self.assertNotEqual(self.env.user.partner_id.name, "written by the job")

    @mute_logger(_OUTCOME)
    def test_a_job_interrupted_by_a_shutdown_is_pending_as_if_it_had_not_started(
        self,
    ):
        record = self.delay("one")
        self.run_doing(self.interrupted_by(Interruption("shutdown")))
        self.assertEqual((record.state, record.retry), ("pending", 0))
        self.assertFalse(record.date_started or record.worker_pid or record.lease_id)

    @mute_logger(_OUTCOME)
    def test_an_error_that_comes_from_the_interruption_is_not_taken_for_the_jobs_own(
        self,
    ):
        record = self.delay("one")

        def method(job, hand):
            # the cancelled query fails before the thread is interrupted
            hand.current.interruptible.interruption = Interruption("stop", by="Ada")
            raise ValueError("canceling statement due to user request")

        self.run_doing(method)
        self.assertEqual(record.state, "cancelled")

    @mute_logger(_OUTCOME)
    def test_a_job_that_is_stopped_when_it_collides_is_not_tried_again(self):
        record = self.delay("one")

        def collide(hand, env, job, leased):
            hand.interrupt(leased, Interruption("stop", by="Ada"))
            raise SerializationFailure("concurrent update")

        with patch.object(Hand, "finish", collide):
            self.run_doing(lambda job, hand: None)
        self.assertEqual(record.state, "cancelled")

    @mute_logger(_OUTCOME)
    def test_a_job_that_swallows_its_interruption_ends_all_the_same(self):
        record = self.delay("one")

        def method(job, hand):
            with patch.object(interrupt, "_set_async_exception"):
                hand.interrupt(hand.current, Interruption("stop", by="Ada"))

        self.run_doing(method)
        self.assertEqual(record.state, "cancelled")

    def test_an_interruption_that_comes_too_late_hits_nothing_else(self):
        interruptible = Interruptible(MagicMock())
        with patch.object(interrupt, "_set_async_exception") as raised:
            with self.assertRaises(JobInterrupted), interruptible:
                interruptible.interrupt(Interruption("stop", by="Ada"))
            self.assertEqual(
                [call.args[1] for call in raised.mock_calls], [JobInterrupted, None]
            )
            interruptible.interrupt(Interruption("stop", by="Ada"))
            self.assertEqual(raised.call_count, 2)

    def test_a_finished_job_is_not_interrupted(self):
        first, second = self.delay("1"), self.delay("2")
        self.averages.note("<queue.job>._test_job", 0.001)
        hand = self.hand(self.claim())
        seen = []

        def method(record, hand_):
            if seen:
                hand_.interrupt(seen[0], Interruption("stop", by="Ada"))
            seen.append(hand_.current)

        self.run_doing(method, hand)
        self.assertEqual((first.state, second.state), ("done", "done"))

    def overseer(self, hand, stopping=False):
        class Seat:
            pass

        class Station:
            seats = [Seat()]
            database = self.env.cr.dbname
            cancel = AsyncMock()

        class Node:
            stopping = threading.Event()

            def __init__(self):
                self.abandoned = False
                self.called = threading.Event()

            async def abandon_process(self):
                self.abandoned = True

            def call_watcher(self):
                self.called.set()

        Station.seats[0].hand = hand
        self.node = Node()
        if stopping:
            self.node.stopping.set()

        async def execute(statement, params):
            self.env.cr.execute(statement, params)
            result = self.env.cr.fetchall() if self.env.cr.description else []
            self.env.invalidate_all()
            return result

        return Overseer(Station, self.node, execute)

    def test_a_job_is_interrupted_at_its_time_limit(self):
        self.delay("one")
        hand = self.hand(self.claim())
        leased = hand.take()
        leased.time_limit = 5
        overseer = self.overseer(hand)
        with patch.object(Hand, "interrupt") as interrupt:
            asyncio.run(overseer.look(is_called=False))
            interrupt.assert_not_called()
            hand.current_since -= 6
            asyncio.run(overseer.look(is_called=False))
        self.assertEqual(interrupt.call_args.args[1].kind, "time_limit")

    @mute_logger("odoo.addons.queue_job.engine.overseer")
    def test_a_job_whose_thread_is_stuck_fails_all_the_same(self):
        record = self.delay("one")
        hand = self.hand(self.claim())
        leased = hand.take()
        hand.begin(self.env.cr, leased)
        leased.time_limit = 5
        hand.current_since -= 6
        overseer = self.overseer(hand)
        with (
            patch.object(Hand, "interrupt", return_value=True) as interrupted,
            patch.object(overseer_module, "settle_stuck") as settle,
        ):
            asyncio.run(overseer.look(is_called=False))
            self.assertTrue(record.lease_id)
            leased.asked -= 60
            asyncio.run(overseer.look(is_called=False))
            self.assertTrue(self.node.called.wait(10))
            self.assertFalse(self.node.abandoned, "by another thread")
            asyncio.run(overseer.look(is_called=False))
            self.assertTrue(self.node.abandoned)
            # storing the outcome may wait for locks of the job
            self.node.abandoned = leased.settled = False
            asyncio.run(overseer.look(is_called=False))
            self.assertFalse(self.node.abandoned)
            leased.given_up -= overseer_module.PATIENCE_WITH_ITS_FATE + 1
            asyncio.run(overseer.look(is_called=False))
            self.assertTrue(self.node.abandoned)
        self.assertFalse(record.lease_id)
        settle.assert_called_once_with(
            self.env.cr.dbname, record.uuid, interrupted.call_args.args[1]
        )

    def test_a_job_whose_own_code_has_ended_is_not_interrupted(self):
        """Its outcome may take long to store."""
        self.delay("one")
        hand = self.hand(self.claim())
        leased = hand.take()
        leased.time_limit = 5
        leased.interruptible = Interruptible(MagicMock())
        with leased.interruptible:
            hand.current_since -= 60
        asyncio.run(self.overseer(hand).look(is_called=False))
        self.assertIsNone(leased.asked)
        self.assertFalse(self.node.abandoned)

    def test_a_job_on_a_separate_cursor_is_cancelled_there(self):
        own, other = MagicMock(), MagicMock()
        interruptible = Interruptible(own)
        cancel = AsyncMock()
        with patch.object(interrupt, "_set_async_exception"):
            with self.assertRaises(JobInterrupted), interruptible:
                with interruptible.on(other):
                    interruptible.interrupt(Interruption("stop", by="Ada"))
                    asyncio.run(interruptible.cancel(cancel))
        cancel.assert_called_once_with(other)
        asyncio.run(interruptible.cancel(cancel))
        cancel.assert_called_once()

    @mute_logger(_OUTCOME)
    def test_a_job_whose_thread_is_stuck_ends_like_any_other(self):
        self.function.on_fail_method = "_test_on_fail"
        record = self.delay("one")
        record.state = "started"
        called = []
        with (
            patch.object(
                QueueJob, "_test_on_fail", lambda job, **kwargs: called.append(kwargs)
            ),
            self.enter_registry_test_mode(),
        ):
            settle_stuck(
                self.env.cr.dbname, record.uuid, Interruption("time_limit", seconds=3)
            )
        self.env.invalidate_all()
        self.assertEqual((record.state, record.retry), ("failed", 1))
        self.assertEqual(record.exc_name, "JobTimeLimitExceeded")
        self.assertEqual(len(called), 1)

    @mute_logger(_OUTCOME)
    def test_a_stopped_job_with_a_stuck_thread_is_cancelled_with_its_dependents(
        self,
    ):
        job = self.jobs.delayable
        chain(
            job(description="parent")._test_job(), job(description="child")._test_job()
        ).delay()
        parent = self.jobs.search([("name", "=", "parent")])
        parent.state = "started"
        with self.enter_registry_test_mode():
            settle_stuck(
                self.env.cr.dbname, parent.uuid, Interruption("stop", by="Ada")
            )
        self.env.invalidate_all()
        states = self.jobs.search([]).mapped("state")
        self.assertEqual(states, ["cancelled"] * 2)

    def test_a_stop_requested_on_any_server_reaches_the_one_that_runs_the_job(self):
        record = self.delay("one")
        hand = self.hand(self.claim())
        hand.begin(self.env.cr, hand.take())
        self.env.invalidate_all()
        record.button_stop()
        with patch.object(Hand, "interrupt") as interrupt:
            asyncio.run(self.overseer(hand).look(is_called=True))
        self.assertEqual(
            str(interrupt.call_args.args[1]), f"Stopped by {self.env.user.name}"
        )

    def test_a_shutdown_releases_the_jobs_not_begun_immediately(self):
        self.delay("1")
        second = self.delay("2")
        self.averages.note("<queue.job>._test_job", 0.001)
        hand = self.hand(self.claim())
        hand.begin(self.env.cr, hand.take())
        asyncio.run(self.overseer(hand).look(is_called=False))
        self.assertEqual(second.state, "enqueued")
        asyncio.run(self.overseer(hand, stopping=True).look(is_called=False))
        self.assertEqual(second.state, "pending")

    def test_a_shutdown_ends_a_job_after_the_grace_period(self):
        self.delay("one")
        hand = self.hand(self.claim())
        hand.take()
        overseer = self.overseer(hand, stopping=True)
        with patch.object(Hand, "interrupt") as interrupted:
            asyncio.run(overseer.look(is_called=False))
            interrupted.assert_not_called()
            overseer._stopping_since -= grace_seconds() + 1
            asyncio.run(overseer.look(is_called=False))
        self.assertEqual(interrupted.call_args.args[1].kind, "shutdown")

    def test_progress_of_a_running_job_is_shown(self):
        record = self.delay("one")

        def method(job, hand):
            job.env["queue.job"].progress(1, 4, "first quarter")
            asyncio.run(self.overseer(hand).look(is_called=False))
            seen = record.with_env(job.env)
            return f"{seen.progress_percent} {seen.progress_message}"

        self.run_doing(method)
        self.assertEqual(record.result, "25.0 first quarter")
        self.assertEqual(record.progress_percent, 0)

    def test_progress_means_nothing_outside_of_jobs(self):
        self.assertIsNone(self.jobs.progress(1, 2))

    def test_a_backoff_doubles_with_each_try_up_to_the_longest(self):
        self.function.write({"retry_backoff": 10, "retry_backoff_max": 60})
        record = self.delay("one", max_retries=0)
        waits = []

        def method(job, hand):
            raise RetryableJobError("again")

        for _try in range(5):
            self.run_doing(method)
            waits.append((record.eta - datetime.now()).total_seconds())
            record.eta = datetime.now() - timedelta(seconds=1)
        for wait, longest in zip(waits, (10, 20, 40, 60, 60), strict=True):
            self.assertLessEqual(wait, longest)
            self.assertGreater(wait, longest * 0.75 - 3)

    def test_the_seconds_of_the_error_override_the_backoff(self):
        self.function.retry_backoff = 10
        job = Job.load(self.env, self.delay("one").uuid)
        self.assertEqual(job._get_retry_seconds(77), 77)

    def test_a_concurrency_key_is_given_with_the_job(self):
        handle = self.jobs.with_delay(concurrency_key="a", concurrency_limit=2)
        record = handle._test_job().db_record()
        self.assertEqual((record.concurrency_key, record.concurrency_limit), ("a", 2))
        record = self.jobs.with_delay(concurrency_key="a")._test_job().db_record()
        self.assertEqual(record.concurrency_limit, 1)

    def test_a_concurrency_limit_is_declared_on_the_function(self):
        target = self.delay("target")
        self.function.concurrency_limit = 1
        record = target.with_delay()._test_job().db_record()
        self.assertEqual(record.concurrency_key, f"queue.job:record:{target.id}")
        self.function.concurrency_by = "company"
        record = target.with_delay()._test_job().db_record()
        self.assertEqual(record.concurrency_key, f"company:{self.env.company.id}")
        self.function.concurrency_by = "user_id"
        record = target.with_delay()._test_job().db_record()
        self.assertEqual(record.concurrency_key, f"queue.job:user_id:{self.env.uid}")
        with self.assertRaisesRegex(ValidationError, "no_such_field is not a field"):
            self.function.concurrency_by = "no_such_field"


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
        said = self.reasons(self.delay("one"))
        self.assertIn("Channel root is full: its capacity of 2 is used", said)
        for record in running:
            self.assertIn(f"{record.name} ({record.uuid[:8]})", said)

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
        said = self.reasons(self.delay("one", eta=3600))
        self.assertRegex(said, r"to start at .* UTC, in (1 hour|60 minutes)")

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
        said = self.reasons(self.delay("one", channel="root.a"))
        self.assertIn(f"blocked by the failed job failed ({failed.uuid[:8]})", said)
        self.assertIn(f"for later ({later.uuid[:8]}), which comes first", said)

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

    def test_it_says_with_what_all_workers_are_busy_and_since_when(self):
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
        said = self.reasons(record)
        self.assertIn(
            f"All 2 workers are busy with slow ({slow.uuid[:8]}), "
            f"quick ({quick.uuid[:8]}), the oldest since "
            f"{slow.date_started:%Y-%m-%d %H:%M:%S}",
            said,
        )
        self.assertNotIn("in a moment", said)
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
        said = self.reasons(self.delay("one"))
        self.assertIn("The only worker has been busy with slow (", said)

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

    def test_it_says_how_many_jobs_come_before(self):
        self.delay("1")
        self.delay("2")
        self.assertIn("2 jobs of the same channel", self.reasons(self.delay("one")))

    def test_it_says_what_became_of_jobs_that_do_not_wait(self):
        record = self.delay("one")
        for state, said in (("done", "is done"), ("cancelled", "was cancelled")):
            record.state = state
            self.assertIn(said, self.reasons(record))
        self.assertEqual(Explainer(self.env).explain("no such uuid"), [])

    def test_the_status_counts_jobs_and_names_workers(self):
        self.delay("one", channel="root.a")
        self.delay("two")
        self.claim(0)
        self.env.flush_all()
        found = status(self.env)
        self.assertEqual(found["channels"]["root"]["seats_taken"], 1)
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


@tagged("post_install", "-at_install")
class TestCron(EngineCase):
    def test_the_scheduled_action_leaves_jobs_to_living_workers(self):
        with (
            patch.object(QueueJob, "_workers_are_alive", return_value=True),
            patch("odoo.addons.queue_job.jobrunner.runner.QueueJobRunner") as runner,
        ):
            self.jobs._cron_run_jobs()
        runner.assert_not_called()

    def test_a_worker_without_its_lock_is_not_alive(self):
        self.assertFalse(self.jobs._workers_are_alive())

    def test_interruptions_are_no_exceptions_a_job_could_catch(self):
        self.assertFalse(issubclass(JobInterrupted, Exception))
