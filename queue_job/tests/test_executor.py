import json
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import LockError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controllers.main import RunJobController
from ..delay import chain, group
from ..engine.run import acquire as leased_module
from ..engine.run import sql as lease_sql
from ..engine.run.dependents import release_overdue
from ..engine.run.lease import LeasedBatch
from ..engine.sql.prepared import Prepared
from ..exception import RetryableJobError
from ..job import Job
from ..jobrunner.runner import Database
from ..models.queue_job import QueueJob
from .engine_common import EngineCase

_CONTROLLER = "odoo.addons.queue_job.controllers.main"
_OUTCOME = "odoo.addons.queue_job.engine.run.outcome"
_UNDECODABLE = "odoo.addons.queue_job.engine.run.undecodable"


@tagged("post_install", "-at_install")
class TestRun(EngineCase):
    def setUp(self):
        super().setUp()
        self.configure("root:4")

    def doing(self, function):
        """Replace ``_test_job`` with ``function(record)``."""

        def _test_job(self_, *args, **kwargs):
            return function(self_)

        return patch.object(QueueJob, "_test_job", _test_job)

    def failing(self, error):
        def fail(record):
            raise error

        return self.doing(fail)

    def test_a_successful_job_is_done_with_its_result(self):
        record = self.delay("one")
        with self.doing(lambda job: 42):
            self.run_all()
        self.assertEqual(record.state, "done")
        self.assertEqual(record.result, "42")
        self.assertEqual(record.retry, 1)
        self.assertTrue(record.date_started <= record.date_done)
        self.assertTrue(record.worker_pid)
        self.assertFalse(record.lease_id)

    def test_jobs_of_one_lease_run_in_order_each_started_when_the_last_is_done(self):
        records = self.delay("1") + self.delay("2") + self.delay("3")
        self.averages.note("<queue.job>._test_job", 0.001)
        states = []

        def look(_record):
            self.env.cr.execute("SELECT state FROM queue_job ORDER BY id")
            states.append([row[0] for row in self.env.cr.fetchall()])

        with self.doing(look):
            self.assertEqual(self.run_all(), ["1"])
        self.assertEqual(
            states,
            [
                ["started", "enqueued", "enqueued"],
                ["done", "started", "enqueued"],
                ["done", "done", "started"],
            ],
        )
        self.assertEqual(set(records.mapped("state")), {"done"})

    def test_the_row_shows_the_tries_before_this_one_while_it_runs(self):
        record = self.delay("one")
        seen = []

        def look(_record):
            self.env.cr.execute("SELECT retry FROM queue_job")
            seen.append(self.env.cr.fetchone()[0])

        with self.doing(look):
            self.run_all()
        self.assertEqual((seen, record.retry), ([0], 1))

    @mute_logger(_CONTROLLER)
    def test_what_a_failed_job_wrote_is_rolled_back_and_its_failure_stored(self):
        record = self.delay("one")

        def write_then_fail(job):
            job.env.user.partner_id.name = "written by the job"
            raise ValueError("no luck")

        with self.doing(write_then_fail):
            self.run_all()
        self.assertEqual(record.state, "failed")
        self.assertEqual(record.exc_name, "ValueError")
        self.assertEqual(record.exc_message, "no luck")
        self.assertIn("Traceback", record.exc_info)
        self.assertEqual(record.retry, 1)
        self.assertNotEqual(self.env.user.partner_id.name, "written by the job")
        subtype = self.env.ref("queue_job.mt_job_failed")
        self.assertEqual(
            len(record.message_ids.filtered(lambda m: m.subtype_id == subtype)), 1
        )

    def test_a_retryable_error_snoozes_the_job_until_no_attempts_are_left(self):
        record = self.delay("one", max_retries=2)
        with self.failing(RetryableJobError("later", seconds=60)):
            self.run_all()
            self.assertEqual((record.state, record.retry), ("pending", 1))
            self.assertEqual(record.result, "later")
            self.assertTrue(record.eta)
            self.assertFalse(record.worker_pid or record.date_started)
            record.eta = False
            with mute_logger(_CONTROLLER):
                self.run_all()
        self.assertEqual((record.state, record.retry), ("failed", 2))
        self.assertTrue(record.exc_name.endswith("FailedJobError"))

    def test_conflicts_are_not_retried_forever(self):
        record = self.delay("one", max_retries=2)
        with self.failing(SerializationFailure("concurrent update")):
            self.run_all()
            self.assertEqual((record.state, record.retry), ("pending", 1))
            record.eta = False
            with mute_logger(_CONTROLLER):
                self.run_all()
        self.assertEqual(record.state, "failed")
        self.assertIn("concurrent update", record.exc_message)

    def test_the_lock_errors_of_the_orm_are_collisions_too(self):
        record = self.delay("one")
        with self.failing(LockError("edited by another transaction")):
            self.run_all()
        self.assertEqual(record.state, "pending")

    @mute_logger(_CONTROLLER, _OUTCOME)
    def test_an_error_in_the_on_fail_method_does_not_lose_the_failure(self):
        function = self.env.ref("queue_job.job_function_queue_job__test_job")
        function.on_fail_method = "_test_on_fail"
        record = self.delay("one")

        def broken(job, **kwargs):
            raise ZeroDivisionError("on fail fails too")

        with (
            self.failing(ValueError("no luck")),
            patch.object(QueueJob, "_test_on_fail", broken),
        ):
            self.run_all()
        self.assertEqual(record.state, "failed")
        self.assertEqual(record.exc_message, "no luck")
        self.assertIn("on fail fails too", record.exc_info)

    @mute_logger(_CONTROLLER, _OUTCOME)
    def test_an_error_in_notifying_users_does_not_lose_the_failure(self):
        record = self.delay("one")

        def broken(job):
            raise ZeroDivisionError("no users to notify")

        with (
            self.failing(ValueError("no luck")),
            patch.object(QueueJob, "_message_post_on_failure", broken),
        ):
            self.run_all()
        self.assertEqual(record.state, "failed")
        self.assertEqual(record.exc_message, "no luck")
        self.assertFalse(record.lease_id)

    @mute_logger(_CONTROLLER)
    def test_the_on_fail_method_is_called_once_with_the_failure(self):
        function = self.env.ref("queue_job.job_function_queue_job__test_job")
        function.on_fail_method = "_test_on_fail"
        self.delay("one")
        calls = []
        with (
            self.failing(ValueError("no luck")),
            patch.object(
                QueueJob, "_test_on_fail", lambda job, **kwargs: calls.append(kwargs)
            ),
        ):
            self.run_all()
        self.assertEqual(len(calls), 1)
        self.assertEqual(set(calls[0]), {"exc_info", "exc_name", "exc_message"})

    def test_the_work_of_a_worker_that_lost_its_lease_is_rolled_back(self):
        record = self.delay("one")
        claim = self.claim()

        def frozen_meanwhile(job):
            job.env.user.partner_id.name = "written by the job"
            job.env.flush_all()
            # on the cursor below the one that is rolled back
            job.env.cr._savepoint.close(rollback=True)
            job.env.cr._savepoint = None
            self.env.cr.execute(
                "UPDATE queue_job SET state = 'pending', lease_id = NULL"
            )
            job.env.cr.execute("SELECT 1")
            job.env.user.partner_id.name = "written by the job"

        with (
            self.doing(frozen_meanwhile),
            self.assertLogs(_CONTROLLER, "WARNING") as logs,
        ):
            self.run_batch(self.batch(claim))
        self.assertIn("Lease lost", logs.output[0])
        self.assertEqual(record.state, "pending")
        self.assertNotEqual(self.env.user.partner_id.name, "written by the job")

    def test_a_job_may_roll_back_and_go_on(self):
        record = self.delay("one")

        def roll_back(job):
            job.env.user.partner_id.name = "undone"
            job.env.cr.rollback()
            job.env.user.partner_id.name = "kept"

        with self.doing(roll_back):
            self.run_all()
        self.assertEqual(record.state, "done")
        self.assertEqual(self.env.user.partner_id.name, "kept")

    @mute_logger(_CONTROLLER)
    def test_a_commit_is_refused_with_the_alternatives(self):
        record = self.delay("one")
        with self.doing(lambda job: job.env.cr.commit()):
            self.run_all()
        self.assertEqual(record.state, "failed")
        self.assertIn("Allow Commit", record.exc_message)

    def test_dependents_start_when_all_their_parents_are_done(self):
        job = self.jobs.delayable
        chain(
            group(job(description="p1")._test_job(), job(description="p2")._test_job()),
            job(description="child")._test_job(),
        ).delay()
        self.assertCountEqual(self.run_all()[:2], ["p1", "p2"])
        self.assertEqual(set(self.jobs.search([]).mapped("state")), {"done"})
        self.assertFalse(any(self.jobs.search([]).mapped("release_due")))

    def test_dependents_are_released_by_others_when_their_parents_worker_is_killed(
        self,
    ):
        job = self.jobs.delayable
        chain(
            job(description="parent")._test_job(), job(description="child")._test_job()
        ).delay()
        child = self.jobs.search([("name", "=", "child")])
        with patch.object(RunJobController, "_enqueue_dependent_jobs"):
            # as if the process ended right after the commit
            self.run_next()
        self.assertEqual(child.state, "wait_dependencies")
        claim = self.claim()
        self.assertTrue(claim.release_due)
        self.release_dependents()
        self.assertEqual(child.state, "pending")
        self.assertFalse(self.claim().release_due)

    def release_dependents(self):
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            release_overdue(cr)
        self.env.invalidate_all()

    def test_a_job_set_to_done_manually_releases_its_dependents_too(self):
        job = self.jobs.delayable
        chain(
            job(description="parent")._test_job(), job(description="child")._test_job()
        ).delay()
        self.jobs.search([("name", "=", "parent")]).write({"state": "done"})
        self.assertTrue(self.claim().release_due)
        self.release_dependents()
        self.assertEqual(self.next_name(), "child")

    @mute_logger(_UNDECODABLE)
    def test_a_job_whose_method_is_missing_fails_with_a_message(self):
        record = self.delay("one")
        self.env.cr.execute("UPDATE queue_job SET method_name = 'gone_method'")
        self.env.invalidate_all()
        self.run_all()
        self.assertEqual(record.state, "failed")
        self.assertIn("no method gone_method", record.exc_message)

    @mute_logger(_UNDECODABLE)
    def test_a_job_whose_model_is_missing_fails_with_a_message(self):
        record = self.delay("one")
        self.env.cr.execute(
            "UPDATE queue_job SET model_name = 'gone.model', "
            "records = replace(records #>> '{}', 'queue.job', 'gone.model')::jsonb"
        )
        self.env.invalidate_all()
        self.run_all()
        self.assertEqual(record.state, "failed")
        self.assertIn("model gone.model does not exist", record.exc_message)

    @mute_logger(_UNDECODABLE)
    def test_a_job_whose_on_fail_method_is_missing_fails_with_a_message(self):
        record = self.delay("one")
        function = self.env.ref("queue_job.job_function_queue_job__test_job")
        function.on_fail_method = "gone"
        self.run_all()
        self.assertEqual(record.state, "failed")
        self.assertIn("gone is not a method", record.exc_message)

    @mute_logger(_CONTROLLER, _OUTCOME)
    def test_a_job_whose_user_was_deleted_fails_with_a_message(self):
        user = self.env["res.users"].create({"name": "gone", "login": "gone"})
        record = self.jobs.with_user(user).with_delay()._test_job().db_record()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE queue_job SET user_id = NULL, "
            "records = regexp_replace(records #>> '{}', "
            """'"uid": [0-9]+', '"uid": 999999999')::jsonb"""
        )
        self.env.invalidate_all()
        with self.doing(lambda job: job.env.user.name):
            self.run_all()
        self.assertEqual(record.state, "failed")
        self.assertIn("999999999", record.exc_info)

    def job_of_a_model_to_come(self, addons_changed: str):
        """Return a job of a model that the database knows and this process does not.

        ``addons_changed``: how long ago, an interval in SQL
        """
        record = self.delay("one", max_retries=2)
        self.env.cr.execute(
            "UPDATE queue_job SET model_name = 'coming.model', "
            "records = replace(records #>> '{}', 'queue.job', 'coming.model')::jsonb; "
            'INSERT INTO ir_model (model, name, "order") '
            """VALUES ('coming.model', '{"en_US": "x"}', 'id'); """
            "UPDATE ir_module_module SET write_date = now() - %s::interval",
            [addons_changed],
        )
        self.env.invalidate_all()
        return record

    def test_a_job_of_a_model_that_was_just_installed_waits_for_it(self):
        """However often it is tried before this process has loaded the model."""
        record = self.job_of_a_model_to_come("1 minute")
        for _look in range(3):
            self.run_all()
            self.assertEqual((record.state, record.retry), ("pending", 0))
            self.assertTrue(record.eta)
            record.eta = False

    @mute_logger(_UNDECODABLE)
    def test_a_job_of_a_model_that_does_not_come_fails_when_no_attempts_are_left(self):
        record = self.job_of_a_model_to_come("1 hour")
        self.run_all()
        self.assertEqual((record.state, record.retry), ("pending", 1))
        record.eta = False
        self.run_all()
        self.assertEqual(record.state, "failed")

    @mute_logger(_UNDECODABLE)
    def test_a_job_that_a_newer_version_stored_waits_for_a_worker_that_reads_it(self):
        record = self.delay("one", max_retries=2)
        newer = '{"_type": "queue_job_document", "version": 99, "value": []}'
        self.env.cr.execute(
            "UPDATE queue_job SET args = %s WHERE id = %s; "
            "UPDATE ir_module_module SET write_date = now()",
            (json.dumps(newer), record.id),
        )
        self.env.invalidate_all()
        self.run_all()
        self.assertEqual((record.state, record.retry), ("pending", 0))
        self.assertIn("newer version of queue_job", record.result)
        self.env.cr.execute(
            "UPDATE ir_module_module SET write_date = now() - interval '1 hour'"
        )
        for state in ("pending", "failed"):
            record.eta = False
            self.run_all()
            self.assertEqual(record.state, state)

    @mute_logger(_CONTROLLER)
    def test_a_job_that_kills_its_workers_fails_with_a_message(self):
        record = self.delay("one", max_retries=0)
        record.worker_deaths = leased_module.MAX_WORKER_DEATHS - 1
        self.assertEqual(self.run_next(), "one")
        self.assertEqual(record.state, "done")
        deadly = self.delay("deadly", max_retries=0)
        deadly.worker_deaths = leased_module.MAX_WORKER_DEATHS
        self.run_all()
        self.assertEqual(deadly.state, "failed")
        self.assertEqual(deadly.exc_name, "JobFoundDead")
        self.assertIn("died 3 time(s)", deadly.exc_message)
        deadly.requeue()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(deadly.worker_deaths)
        self.run_all()
        self.assertEqual(deadly.state, "done")

    def test_an_edit_of_the_next_job_does_not_undo_the_one_that_runs(self):
        first, second = self.delay("first"), self.delay("second")
        self.averages.note("<queue.job>._test_job", 0.001)
        claim = self.claim()
        batch = self.batch(claim)
        statements = (lease_sql.FINISH_AND_START, lease_sql.FINISH)
        ran = []
        original = Prepared.execute

        def collide(statement, cr, values):
            ran.append(statements.index(statement))
            original(statement, cr, values)
            if statement is lease_sql.FINISH_AND_START:
                raise SerializationFailure("the next job was edited")

        with patch.object(Prepared, "execute", collide):
            self.run_batch(batch)
        self.assertEqual((first.state, second.state), ("done", "done"))
        self.assertEqual(ran, [0, 1, 1])

    def test_a_job_that_is_edited_when_it_is_to_start_does_not_fail(self):
        record = self.delay("one")
        claim = self.claim()
        collision = SerializationFailure("the job was edited")
        with patch.object(LeasedBatch, "start", side_effect=collision):
            self.run_batch(self.batch(claim))
        self.assertEqual(record.state, "enqueued")
        self.run_batch(self.batch(self.claim(settle=True)))
        self.assertEqual(record.state, "done")

    def test_sessions_that_lose_prepared_statements_do_no_harm(self):
        records = self.delay("1") + self.delay("2") + self.delay("3")
        self.averages.note("<queue.job>._test_job", 0.001)
        self.addCleanup(setattr, Prepared, "is_usable", True)
        self.addCleanup(vars(self.env.cr).pop, "queue_job_prepared")

        def forget(record):
            # what the previous job prepared
            self.env.cr.execute("DEALLOCATE ALL")

        with self.doing(forget):
            self.run_batch(self.batch(self.claim()))
        self.assertEqual(records.mapped("state"), ["done"] * 3)
        self.assertFalse(Prepared.is_usable)

    def test_statements_are_planned_once_a_lease(self):
        for number in range(4):
            self.delay(str(number))
        self.averages.note("<queue.job>._test_job", 0.001)
        self.run_batch(self.batch(self.claim()))
        self.run_all()
        self.assertTrue(Prepared.is_usable)

    def test_an_override_of_write_sees_every_state(self):
        record = self.delay("one")
        seen = []
        original = QueueJob.write

        def write(self_, vals):
            if "state" in vals:
                seen.append(vals["state"])
            return original(self_, vals)

        write.__module__ = "odoo.addons.some_addon.models.queue_job"
        with patch.object(QueueJob, "write", write):
            self.run_all()
        self.assertEqual(seen, ["started", "done"])
        self.assertEqual(record.state, "done")
        self.assertFalse(record.lease_id)

    def test_wrapping_the_path_of_a_job_wraps_every_job(self):
        self.delay("1")
        self.delay("2")
        self.averages.note("<queue.job>._test_job", 0.001)
        passed = []
        names = (
            "_acquire_job",
            "_runjob",
            "_try_perform_job",
            "_enqueue_dependent_jobs",
        )

        def wrapper(name):
            original = getattr(RunJobController, name)

            def wrapped(*args):
                passed.append(name)
                return original(*args)

            return patch.object(RunJobController, name, wrapped)

        wrappers = [wrapper(name) for name in names]
        for each in wrappers:
            self.startPatcher(each)
        self.run_all()
        self.assertEqual(passed, list(names) * 2)

    def test_an_enqueued_job_without_lease_can_be_acquired_manually(self):
        record = self.delay("one")
        record.state = "enqueued"
        with patch.object(self.env.cr, "commit"):
            job = RunJobController._acquire_job(self.env, record.uuid)
        self.assertEqual(job.state, "started")
        self.assertEqual(
            self.env["queue.job.lock"].search([]).queue_job_id.mapped("uuid"),
            [record.uuid],
        )
        RunJobController._runjob(self.env, job)
        self.assertEqual(record.state, "done")

    def test_a_job_that_is_not_enqueued_is_refused_with_a_warning(self):
        record = self.delay("one")
        with self.assertLogs(_CONTROLLER, "WARNING") as logs:
            self.assertIsNone(RunJobController._acquire_job(self.env, record.uuid))
        self.assertIn(f"was requested to run job {record.uuid}", logs.output[0])

    def test_the_running_job_is_not_released(self):
        self.delay("1")
        self.delay("2")
        self.averages.note("<queue.job>._test_job", 0.001)
        batch = self.batch(self.claim())
        self.assertEqual(batch.next_job().row["name"], "1")
        self.assertEqual(batch.release_unstarted(3600), [])
        self.clock.advance(1)
        ids = batch.release_unstarted(0)
        self.assertEqual(self.jobs.browse(ids).mapped("name"), ["2"])
        self.assertIsNone(batch.next_job())

    def test_values_of_the_model_follow_the_state(self):
        record = self.delay("one")
        stored = []

        def values(model, job):
            stored.append(job.state)
            return {"company_id": self.env.company.id}

        with patch.object(QueueJob, "_job_store_values", values, create=True):
            self.run_all()
        self.assertIn("done", stored)
        self.assertEqual(record.state, "done")

    def test_the_job_knows_its_uuid(self):
        record = self.delay("one")
        with self.doing(lambda job: job.env.context.get("job_uuid")):
            self.run_all()
        self.assertEqual(record.result, Job.load(self.env, record.uuid).uuid)

    def test_a_parent_leaves_the_release_to_one_that_is_done_later(self):
        job = self.jobs.delayable
        parents = [job(description=f"p{n}")._test_job() for n in range(3)]
        chain(group(*parents), job(description="child")._test_job()).delay()
        looked = []
        original = Job.enqueue_waiting

        def enqueue_waiting(job):
            looked.append(job.description)
            original(job)

        with patch.object(Job, "enqueue_waiting", enqueue_waiting):
            self.run_all()
        self.assertEqual(len(looked), 1)
        self.assertEqual(set(self.jobs.search([]).mapped("state")), {"done"})

    def test_orphaned_jobs_are_rescued(self):
        left, running = self.delay("left"), self.delay("running")
        fresh, undated = self.delay("fresh"), self.delay("undated")
        claim = self.claim()
        self.assertEqual(self.names(claim), ["left"])
        for record, state, hours, lease in (
            (left, "started", 1, None),
            (running, "started", 1, claim.lease),
            (fresh, "enqueued", 0, None),
        ):
            self.env.cr.execute(
                "UPDATE queue_job SET state = %s, lease_id = %s, date_enqueued = "
                "clock_timestamp() AT TIME ZONE 'UTC' - %s * interval '1 hour' "
                "WHERE id = %s",
                [state, lease, hours, record.id],
            )
        self.env.cr.execute(
            "UPDATE queue_job SET state = 'started', date_enqueued = NULL "
            "WHERE id = %s",
            [undated.id],
        )
        statement = Database(self.env.cr.dbname)._query_requeue_dead_jobs()
        self.env.cr.execute(statement)
        taken_back = {uuid for (uuid,) in self.env.cr.fetchall()}
        self.assertEqual(taken_back, {left.uuid, undated.uuid})
        self.env.invalidate_all()
        self.assertEqual((left.state, left.retry), ("pending", 1))
        self.assertEqual((running.state, fresh.state), ("started", "enqueued"))
