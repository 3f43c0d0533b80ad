import asyncio
import threading
from datetime import datetime, timedelta
from unittest.mock import AsyncMock, MagicMock, patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..delay import chain
from ..engine.config import grace_seconds
from ..engine.process import job_monitor as job_monitor_module
from ..engine.process.job_monitor import JobMonitor
from ..engine.run import interrupt
from ..engine.run.interrupt import Interruptible, Interruption, JobInterrupted
from ..engine.run.lease import LeasedBatch
from ..engine.run.outcome import store_abandoned
from ..exception import RetryableJobError
from ..job import Job
from ..models.queue_job import QueueJob
from .engine_common import EngineCase

_OUTCOME = "odoo.addons.queue_job.engine.run.outcome"
_MAIN = "odoo.addons.queue_job.controllers.main"


@tagged("post_install", "-at_install")
class TestJobMonitor(EngineCase):
    def setUp(self):
        super().setUp()
        self.configure("root:4")
        self.function = self.env.ref("queue_job.job_function_queue_job__test_job")

    def run_doing(self, function, batch=None):
        """Claim and run jobs whose method is ``function(record, batch)``."""
        batch = batch or self.batch(self.claim())

        def _test_job(record, *args, **kwargs):
            return function(record, batch)

        with patch.object(QueueJob, "_test_job", _test_job):
            self.run_batch(batch)
        self.env.cr.execute("DELETE FROM queue_job_lease")

    def interrupted_by(self, interruption, caught=False):
        """Return a job method that is interrupted, which it cannot catch as an
        ``Exception``."""

        def method(record, batch):
            record.env.user.partner_id.name = "written by the job"
            record.env.flush_all()
            interrupter = threading.Thread(
                target=batch.interrupt, args=(batch.current, interruption)
            )
            interrupter.start()
            interrupter.join()
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

        def method(job, batch):
            # the cancelled query fails before the thread is interrupted
            batch.current.interruptible.interruption = Interruption("stop", by="Ada")
            raise ValueError("canceling statement due to user request")

        self.run_doing(method)
        self.assertEqual(record.state, "cancelled")

    @mute_logger(_OUTCOME)
    def test_a_job_that_is_stopped_when_it_collides_is_not_tried_again(self):
        record = self.delay("one")

        def collide(batch, env, job, leased):
            batch.interrupt(leased, Interruption("stop", by="Ada"))
            raise SerializationFailure("concurrent update")

        with patch.object(LeasedBatch, "finish", collide):
            self.run_doing(lambda job, batch: None)
        self.assertEqual(record.state, "cancelled")

    @mute_logger(_OUTCOME)
    def test_a_job_that_swallows_its_interruption_ends_all_the_same(self):
        record = self.delay("one")

        def method(job, batch):
            with patch.object(interrupt, "_set_async_exception"):
                batch.interrupt(batch.current, Interruption("stop", by="Ada"))

        self.run_doing(method)
        self.assertEqual(record.state, "cancelled")

    def test_an_interruption_that_comes_too_late_hits_nothing_else(self):
        interruptible = Interruptible(MagicMock())
        with patch.object(interrupt, "_set_async_exception") as raised:
            with self.assertRaises(JobInterrupted), interruptible:
                interruptible.interrupt(Interruption("stop", by="Ada"))
            self.assertEqual(
                [notify.args[1] for notify in raised.mock_calls], [JobInterrupted, None]
            )
            interruptible.interrupt(Interruption("stop", by="Ada"))
            self.assertEqual(raised.call_count, 2)

    def test_a_finished_job_is_not_interrupted(self):
        first, second = self.delay("1"), self.delay("2")
        self.averages.note("<queue.job>._test_job", 0.001)
        batch = self.batch(self.claim())
        seen = []

        def method(record, batch_):
            if seen:
                batch_.interrupt(seen[0], Interruption("stop", by="Ada"))
            seen.append(batch_.current)

        self.run_doing(method, batch)
        self.assertEqual((first.state, second.state), ("done", "done"))

    def job_monitor(self, batch, stopping=False):
        class WorkerRegistration:
            pass

        class DatabaseMonitor:
            registrations = [WorkerRegistration()]
            database = self.env.cr.dbname
            cancel = AsyncMock()

        class JobProcess:
            clock = self.clock
            stopping = threading.Event()

            def __init__(self):
                self.abandoned = False
                self.notified = threading.Event()

            async def abandon_process(self):
                self.abandoned = True

            def notify_supervisor(self):
                self.notified.set()

        DatabaseMonitor.registrations[0].batch = batch
        self.process = JobProcess()
        if stopping:
            self.process.stopping.set()

        async def execute(statement, params):
            self.env.cr.execute(statement, params)
            result = self.env.cr.fetchall() if self.env.cr.description else []
            self.env.invalidate_all()
            return result

        return JobMonitor(DatabaseMonitor, self.process, execute)

    def test_the_monitor_ends_a_job_at_its_time_limit(self):
        self.delay("one")
        batch = self.batch(self.claim())
        leased = batch.next_job()
        leased.time_limit = 5
        job_monitor = self.job_monitor(batch)
        with patch.object(LeasedBatch, "interrupt") as interrupt:
            asyncio.run(job_monitor.poll(is_notified=False))
            interrupt.assert_not_called()
            self.clock.advance(6)
            asyncio.run(job_monitor.poll(is_notified=False))
        self.assertEqual(interrupt.call_args.args[1].kind, "time_limit")

    @mute_logger("odoo.addons.queue_job.engine.process.job_monitor")
    def test_a_job_whose_thread_is_stuck_fails_all_the_same(self):
        record = self.delay("one")
        batch = self.batch(self.claim())
        leased = batch.next_job()
        batch.start(self.env.cr, leased)
        leased.time_limit = 5
        job_monitor = self.job_monitor(batch)
        self.clock.advance(6)
        with (
            patch.object(LeasedBatch, "interrupt", return_value=True) as interrupted,
            patch.object(job_monitor_module, "store_abandoned") as settle,
        ):
            asyncio.run(job_monitor.poll(is_notified=False))
            self.assertTrue(record.lease_id)
            self.clock.advance(60)
            asyncio.run(job_monitor.poll(is_notified=False))
            self.assertTrue(self.process.notified.wait(10))
            self.assertFalse(self.process.abandoned, "by another thread")
            asyncio.run(job_monitor.poll(is_notified=False))
            self.assertTrue(self.process.abandoned)
            # storing the outcome may wait for locks of the job
            self.process.abandoned = leased.settled = False
            asyncio.run(job_monitor.poll(is_notified=False))
            self.assertFalse(self.process.abandoned)
            self.clock.advance(job_monitor_module.OUTCOME_TIMEOUT + 1)
            asyncio.run(job_monitor.poll(is_notified=False))
            self.assertTrue(self.process.abandoned)
        self.assertFalse(record.lease_id)
        settle.assert_called_once_with(
            self.env.cr.dbname, record.uuid, interrupted.call_args.args[1]
        )

    def test_a_job_whose_own_code_has_ended_is_not_interrupted(self):
        """Its outcome may take long to store."""
        self.delay("one")
        batch = self.batch(self.claim())
        leased = batch.next_job()
        leased.time_limit = 5
        leased.interruptible = Interruptible(MagicMock())
        with leased.interruptible:
            self.clock.advance(60)
        asyncio.run(self.job_monitor(batch).poll(is_notified=False))
        self.assertIsNone(leased.interrupted_at)
        self.assertFalse(self.process.abandoned)

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
        notified = []
        with (
            patch.object(
                QueueJob, "_test_on_fail", lambda job, **kwargs: notified.append(kwargs)
            ),
            self.enter_registry_test_mode(),
        ):
            store_abandoned(
                self.env.cr.dbname, record.uuid, Interruption("time_limit", seconds=3)
            )
        self.env.invalidate_all()
        self.assertEqual((record.state, record.retry), ("failed", 1))
        self.assertEqual(record.exc_name, "JobTimeLimitExceeded")
        self.assertEqual(len(notified), 1)

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
            store_abandoned(
                self.env.cr.dbname, parent.uuid, Interruption("stop", by="Ada")
            )
        self.env.invalidate_all()
        states = self.jobs.search([]).mapped("state")
        self.assertEqual(states, ["cancelled"] * 2)

    def test_a_stop_asked_on_any_server_reaches_the_one_that_has_the_job(self):
        record = self.delay("one")
        batch = self.batch(self.claim())
        batch.start(self.env.cr, batch.next_job())
        self.env.invalidate_all()
        record.button_stop()
        with patch.object(LeasedBatch, "interrupt") as interrupt:
            asyncio.run(self.job_monitor(batch).poll(is_notified=True))
        self.assertEqual(
            str(interrupt.call_args.args[1]), f"Stopped by {self.env.user.name}"
        )

    def test_a_stop_of_the_server_releases_what_was_not_started_at_once(self):
        self.delay("1")
        second = self.delay("2")
        self.averages.note("<queue.job>._test_job", 0.001)
        batch = self.batch(self.claim())
        batch.start(self.env.cr, batch.next_job())
        asyncio.run(self.job_monitor(batch).poll(is_notified=False))
        self.assertEqual(second.state, "enqueued")
        self.clock.advance(0.1)
        asyncio.run(self.job_monitor(batch, stopping=True).poll(is_notified=False))
        self.assertEqual(second.state, "pending")

    def test_a_shutdown_ends_a_job_after_the_grace_period(self):
        self.delay("one")
        batch = self.batch(self.claim())
        batch.next_job()
        job_monitor = self.job_monitor(batch, stopping=True)
        with patch.object(LeasedBatch, "interrupt") as interrupted:
            asyncio.run(job_monitor.poll(is_notified=False))
            interrupted.assert_not_called()
            self.clock.advance(grace_seconds() + 1)
            asyncio.run(job_monitor.poll(is_notified=False))
        self.assertEqual(interrupted.call_args.args[1].kind, "shutdown")

    def test_progress_of_a_running_job_is_shown(self):
        record = self.delay("one")

        def method(job, batch):
            job.env["queue.job"].progress(1, 4, "first quarter")
            asyncio.run(self.job_monitor(batch).poll(is_notified=False))
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

        def method(job, batch):
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

    def test_interruptions_are_no_exceptions_a_job_could_catch(self):
        self.assertFalse(issubclass(JobInterrupted, Exception))
