from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controllers.main import RunJobController
from ..engine.hand import TIME_BOX, Hand
from ..engine.interrupt import Interruption
from ..engine.leased import MOST_DEATHS
from ..models.queue_job import QueueJob
from .engine_common import EngineCase

_CONTROLLER = "odoo.addons.queue_job.controllers.main"
_OUTCOME = "odoo.addons.queue_job.engine.outcome"
_TAKEN = "UPDATE queue_job SET state = 'pending', lease_id = NULL"


@tagged("post_install", "-at_install")
class TestHand(EngineCase):
    """Several jobs in one hand: each is run under its lease, or not at all."""

    def setUp(self):
        super().setUp()
        self.configure("root:4")
        self.averages.note("<queue.job>._test_job", 0.001)
        self.first, self.second = self.delay("first"), self.delay("second")
        self.ran = []

    def run_both(self, first=lambda job: None, hand=None):
        """Run both jobs; what the first one does is ``first(record)``."""

        def _test_job(record):
            uuid = record.env.context["job_uuid"]
            job = self.jobs.search([("uuid", "=", uuid)])
            self.ran.append(job.name)
            if job == self.first:
                first(record)

        hand = hand or self.hand(self.claim())
        with patch.object(QueueJob, "_test_job", _test_job):
            self.run_hand(hand)

    def behind_its_back(self, cr, statement: str) -> None:
        """Execute a statement that the roll back of a job does not undo."""
        cr.execute("SELECT 1")
        cr._savepoint.close(rollback=True)
        cr._savepoint = None
        self.env.cr.execute(statement)
        cr.execute("SELECT 1")

    def test_who_lost_its_jobs_begins_none_of_them(self):
        with self.assertLogs(_CONTROLLER, "WARNING") as logs:
            self.run_both(lambda job: self.behind_its_back(job.env.cr, _TAKEN))
        self.assertIn("taken away", logs.output[0])
        self.assertEqual(self.ran, ["first"])
        self.assertEqual(self.jobs.search([]).mapped("state"), ["pending"] * 2)

    @mute_logger(_CONTROLLER)
    def test_who_lost_its_jobs_stores_no_failure(self):
        def lose_and_fail(job):
            self.behind_its_back(job.env.cr, _TAKEN)
            raise ValueError("no luck")

        with self.assertLogs(_OUTCOME, "WARNING"):
            self.run_both(lose_and_fail)
        self.assertEqual(self.first.state, "pending")
        self.assertFalse(self.first.exc_name or self.first.retry)

    def test_a_start_that_was_rolled_back_with_the_job_before_is_made_again(self):
        """Both are one commit: when it fails, the next job has not been started."""
        finish = Hand.finish

        def finish_and_collide(hand, env, job, leased):
            finish(hand, env, job, leased)
            if leased.uuid == self.first.uuid:
                raise SerializationFailure("the commit was refused")

        with patch.object(Hand, "finish", finish_and_collide):
            self.run_both()
        self.assertEqual(self.ran, ["first", "second"])
        self.assertEqual((self.first.state, self.first.retry), ("pending", 1))
        self.assertEqual((self.second.state, self.second.retry), ("done", 1))
        self.assertTrue(self.second.date_started)

    def test_a_next_job_that_is_cancelled_meanwhile_is_not_run(self):
        self.run_both(
            lambda job: self.behind_its_back(
                job.env.cr,
                "UPDATE queue_job SET state = 'cancelled', lease_id = NULL "
                f"WHERE id = {self.second.id}",
            )
        )
        self.assertEqual(self.ran, ["first"])
        self.assertEqual((self.first.state, self.second.state), ("done", "cancelled"))

    def test_what_is_begun_already_is_not_given_back(self):
        hand = self.hand(self.claim())
        hand.take()
        hand._following()
        self.assertEqual(hand.take_away(0), [])
        self.assertEqual(hand.take().id, self.second.id)

    def test_a_slow_lease_is_left_between_two_jobs(self):
        hand = self.hand(self.claim())
        hand._since -= TIME_BOX
        self.run_both(hand=hand)
        self.assertEqual(self.ran, ["first"])
        self.assertEqual((self.first.state, self.second.state), ("done", "enqueued"))

    def test_an_interruption_reaches_the_job_it_is_meant_for_only(self):
        hand = self.hand(self.claim())

        def interrupt(job):
            behind = hand._waiting[0]
            behind.interruptible = hand.current.interruptible
            hand.interrupt(behind, Interruption("stop", by="Ada"))

        self.run_both(interrupt, hand)
        self.assertEqual((self.first.state, self.second.state), ("done", "done"))

    def test_what_an_earlier_failure_left_is_gone_when_the_job_is_done(self):
        self.first.write({"exc_info": "Traceback", "exc_name": "ValueError"})
        self.second.exc_message = "no luck"
        self.run_both()
        for record in (self.first, self.second):
            self.assertEqual(record.state, "done")
            self.assertFalse(record.exc_info or record.exc_name or record.exc_message)

    @mute_logger(_CONTROLLER)
    def test_a_job_whose_tries_were_used_up_by_dying_workers_fails(self):
        self.first.write({"max_retries": 2, "retry": 2})
        self.first.worker_deaths = MOST_DEATHS - 1
        self.run_both()
        self.assertEqual(self.ran, ["second"])
        self.assertEqual(self.first.exc_name, "JobFoundDead")

    def test_an_error_of_the_engine_itself_ends_the_lease_and_loses_no_job(self):
        """As when the path of a job was wrapped by an addon that swallows it."""
        with (
            patch.object(RunJobController, "_runjob"),
            self.assertRaisesRegex(Exception, "without a fate"),
        ):
            self.run_both()
        self.assertEqual(self.first.state, "started")
        self.assertEqual(self.first.lease_id, self.second.lease_id)
