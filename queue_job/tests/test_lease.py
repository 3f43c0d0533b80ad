from unittest.mock import MagicMock, patch

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controllers.main import RunJobController
from ..engine.run import lease as lease_module
from ..engine.run import outcome
from ..engine.run.acquire import MAX_WORKER_DEATHS
from ..engine.run.errors import LeaseLost
from ..engine.run.interrupt import Interruption
from ..engine.run.lease import LeasedBatch
from ..engine.sql import NOTIFY_WORKERS
from ..exception import RetryableJobError
from ..models.queue_job import QueueJob
from .engine_common import EngineCase

_CONTROLLER = "odoo.addons.queue_job.controllers.main"
_OUTCOME = "odoo.addons.queue_job.engine.run.outcome"
_TAKEN = "UPDATE queue_job SET state = 'pending', lease_id = NULL"


@tagged("post_install", "-at_install")
class TestLeasedBatch(EngineCase):
    """Several jobs of one lease: each is run under it, or not at all."""

    def setUp(self):
        super().setUp()
        self.configure("root:4")
        self.averages.note("<queue.job>._test_job", 0.001)
        self.first, self.second = self.delay("first"), self.delay("second")
        self.ran = []

    def run_both(self, first=lambda job: None, batch=None):
        """Run both jobs; what the first one does is ``first(record)``."""

        def _test_job(record):
            uuid = record.env.context["job_uuid"]
            job = self.jobs.search([("uuid", "=", uuid)])
            self.ran.append(job.name)
            if job == self.first:
                first(record)

        batch = batch or self.batch(self.claim())
        with patch.object(QueueJob, "_test_job", _test_job):
            self.run_batch(batch)

    def behind_its_back(self, cr, statement: str) -> None:
        """Execute a statement that the rollback of a job does not undo."""
        cr.execute("SELECT 1")
        cr._savepoint.close(rollback=True)
        cr._savepoint = None
        self.env.cr.execute(statement)
        cr.execute("SELECT 1")

    def test_a_worker_that_lost_its_jobs_begins_none_of_them(self):
        with self.assertLogs(_CONTROLLER, "WARNING") as logs:
            self.run_both(lambda job: self.behind_its_back(job.env.cr, _TAKEN))
        self.assertIn("Lease lost", logs.output[0])
        self.assertEqual(self.ran, ["first"])
        self.assertEqual(self.jobs.search([]).mapped("state"), ["pending"] * 2)

    @mute_logger(_CONTROLLER)
    def test_a_worker_that_lost_its_jobs_stores_no_failure(self):
        def lose_and_fail(job):
            self.behind_its_back(job.env.cr, _TAKEN)
            raise ValueError("no luck")

        with self.assertLogs(_OUTCOME, "WARNING"):
            self.run_both(lose_and_fail)
        self.assertEqual(self.first.state, "pending")
        self.assertFalse(self.first.exc_name or self.first.retry)

    def test_a_start_that_was_rolled_back_with_the_job_before_is_made_again(self):
        """Both are one commit: if it fails, the next job is not started."""
        finish = LeasedBatch.finish

        def finish_and_collide(batch, env, job, leased):
            finish(batch, env, job, leased)
            if leased.uuid == self.first.uuid:
                raise SerializationFailure("the commit was refused")

        with patch.object(LeasedBatch, "finish", finish_and_collide):
            self.run_both()
        self.assertEqual(self.ran, ["first", "second"])
        self.assertEqual((self.first.state, self.first.retry), ("pending", 1))
        self.assertEqual((self.second.state, self.second.retry), ("done", 1))
        self.assertTrue(self.second.date_started)

    def test_a_next_job_that_was_cancelled_in_the_meantime_is_not_run(self):
        self.run_both(
            lambda job: self.behind_its_back(
                job.env.cr,
                "UPDATE queue_job SET state = 'cancelled', lease_id = NULL "
                f"WHERE id = {self.second.id}",
            )
        )
        self.assertEqual(self.ran, ["first"])
        self.assertEqual((self.first.state, self.second.state), ("done", "cancelled"))

    def test_a_started_job_is_not_released(self):
        batch = self.batch(self.claim())
        batch.next_job()
        batch._following()
        self.assertEqual(batch.release_unstarted(0), [])
        self.assertEqual(batch.next_job().id, self.second.id)

    def test_a_slow_lease_is_left_between_two_jobs(self):
        batch = self.batch(self.claim())
        self.clock.advance(lease_module.TIME_BOX + 1)
        self.run_both(batch=batch)
        self.assertEqual(self.ran, ["first"])
        self.assertEqual((self.first.state, self.second.state), ("done", "enqueued"))

    def test_an_interruption_reaches_the_job_it_is_meant_for_only(self):
        batch = self.batch(self.claim())

        def interrupt(job):
            behind = batch._waiting[0]
            behind.interruptible = batch.current.interruptible
            batch.interrupt(behind, Interruption("stop", by="Ada"))

        self.run_both(interrupt, batch)
        self.assertEqual((self.first.state, self.second.state), ("done", "done"))

    def test_an_earlier_failure_is_cleared_when_the_job_is_done(self):
        self.first.write({"exc_info": "Traceback", "exc_name": "ValueError"})
        self.second.exc_message = "no luck"
        self.run_both()
        for record in (self.first, self.second):
            self.assertEqual(record.state, "done")
            self.assertFalse(record.exc_info or record.exc_name or record.exc_message)

    @mute_logger(_CONTROLLER)
    def test_a_job_whose_attempts_were_used_up_by_dying_workers_fails(self):
        self.first.write({"max_retries": 2, "retry": 2})
        self.first.worker_deaths = MAX_WORKER_DEATHS - 1
        self.run_both()
        self.assertEqual(self.ran, ["second"])
        self.assertEqual(self.first.exc_name, "JobFoundDead")

    def test_an_error_of_the_engine_itself_ends_the_lease_and_loses_no_job(self):
        """As when an addon wraps the path of a job and suppresses the error."""
        with (
            patch.object(RunJobController, "_runjob"),
            self.assertRaisesRegex(Exception, "without an outcome"),
        ):
            self.run_both()
        self.assertEqual(self.first.state, "started")
        self.assertEqual(self.first.lease_id, self.second.lease_id)

    def test_others_are_notified_when_a_key_is_free_before_the_end_of_the_lease(self):
        batch = self.batch(self.claim())
        keyed = batch.next_job()
        keyed.row["concurrency_key"] = "key"
        cr = MagicMock()
        batch._free_key(cr, keyed)
        cr.execute.assert_called_once_with(NOTIFY_WORKERS)
        last = batch.next_job()
        last.row["concurrency_key"] = "key"
        batch._free_key(cr, last)
        cr.execute.assert_called_once()

    def test_what_a_job_leaves_in_its_session_is_invisible_to_the_next_one(self):
        found = []

        def _test_job(job):
            cr = job.env.cr
            cr.execute("SHOW application_name")
            found.append(cr.fetchone()[0])
            cr.execute(
                "CREATE TEMPORARY TABLE left_over (id int); "
                "SET application_name TO 'left over'"
            )

        batch = self.batch(self.claim())
        with patch.object(QueueJob, "_test_job", _test_job):
            self.run_batch(batch)
        self.assertEqual(set(self.jobs.search([]).mapped("state")), {"done"})
        self.assertNotIn("left over", found)

    def test_a_job_may_leave_to_its_commit_what_needs_its_temporary_tables(self):
        def defer(job):
            job.env.cr.execute(
                "CREATE TEMPORARY TABLE parent (id int PRIMARY KEY); "
                "CREATE TEMPORARY TABLE child (id int REFERENCES parent "
                "       DEFERRABLE INITIALLY DEFERRED); "
                "INSERT INTO child VALUES (1); INSERT INTO parent VALUES (1)"
            )

        # in this test there is no commit between the two
        with patch.object(LeasedBatch, "clean") as clean:
            self.run_both(defer)
        self.assertEqual((self.first.state, self.second.state), ("done", "done"))
        clean.assert_called_once()

    def test_a_start_that_was_committed_after_all_is_kept(self):
        """As when a hook fails that is called after the commit."""
        batch = self.batch(self.claim())
        batch.next_job()
        second = batch._following()
        cr = MagicMock(wraps=self.env.cr, rollback=lambda: None)
        batch.roll_back(cr)
        self.assertFalse(second.is_started)
        batch._following()
        self.second.state = "started"
        self.env.flush_all()
        batch.roll_back(cr)
        self.assertTrue(second.is_started)

    def test_a_job_with_its_own_commits_commits_nothing_after_it_lost_its_lease(
        self,
    ):
        batch = self.batch(self.claim())
        leased = batch.next_job()
        batch.start(self.env.cr, leased)
        batch.check(self.env.cr, leased)
        self.env.cr.execute(_TAKEN)
        with self.assertRaises(LeaseLost):
            batch.check(self.env.cr, leased)

    def test_a_retry_that_collides_is_stored_again(self):
        outcome_transaction = outcome.outcome_transaction
        collisions = [SerializationFailure("the job is edited")] * 2

        def collide(env, job):
            if collisions:
                raise collisions.pop()
            return outcome_transaction(env, job)

        def retry(job):
            raise RetryableJobError("later", seconds=600)

        with patch.object(outcome, "outcome_transaction", collide):
            self.run_both(retry)
        self.assertFalse(collisions)
        self.assertEqual((self.first.state, self.first.retry), ("pending", 1))
        self.assertTrue(self.first.eta)
        self.assertFalse(self.first.lease_id)

    @mute_logger("odoo.sql_db")
    def test_a_duplicate_stored_in_the_meantime_is_a_transient_conflict(self):
        duplicate = "UPDATE queue_job SET identity_key = 'duplicate'"
        same = "UPDATE queue_job_channel SET complete_name = 'same'"
        self.env["queue.job.channel"].create(
            {"name": "a", "parent_id": self.env.ref("queue_job.channel_root").id}
        ).flush_model()
        for statement, is_passing in ((duplicate, True), (same, False)):
            with self.assertRaises(UniqueViolation) as caught, self.env.cr.savepoint():
                self.env.cr.execute(statement)
            self.assertIs(outcome._is_passing(caught.exception), is_passing)

    def test_a_leased_job_cannot_be_acquired_by_another_worker(self):
        self.claim()
        with self.assertLogs(_CONTROLLER, "WARNING") as logs:
            job = RunJobController._acquire_job(self.env, self.first.uuid)
        self.assertIsNone(job)
        self.assertIn("another worker", logs.output[0])
