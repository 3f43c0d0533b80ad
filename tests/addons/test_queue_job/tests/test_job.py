from datetime import datetime, timedelta
from decimal import Decimal
from unittest import mock

from odoo.tests import tagged

from odoo.addons.queue_job import identity_exact
from odoo.addons.queue_job.exception import (
    FailedJobError,
    NoSuchJobError,
    RetryableJobError,
)
from odoo.addons.queue_job.job import (
    CANCELLED,
    DONE,
    ENQUEUED,
    FAILED,
    PENDING,
    RETRY_INTERVAL,
    STARTED,
    Job,
)

from .common import JobCase


@tagged("post_install", "-at_install")
class TestJob(JobCase):
    def setUp(self):
        super().setUp()
        self.method = self.record.testing_method

    def test_new_job_waits_with_the_documented_defaults(self):
        job = Job(self.method)
        self.assertEqual(job.state, PENDING)
        self.assertEqual((job.retry, job.max_retries, job.priority), (0, 5, 10))
        self.assertEqual(job.user_id, self.env.uid)
        self.assertEqual(job.channel, "root")
        self.assertEqual(job.depends_on, set())
        self.assertEqual(repr(job), f"<Job {job.uuid}, priority:10>")

    def test_zero_priority_and_zero_retries_are_kept(self):
        job = Job(self.method, priority=0, max_retries=0)
        self.assertEqual((job.priority, job.max_retries), (0, 0))
        job.store()
        self.assertEqual(job.db_record().priority, 0)
        self.assertEqual(self.reload(job).max_retries, 0)

    def test_eta_takes_a_date_a_duration_or_seconds(self):
        now = datetime(2026, 3, 1, 12, 0)
        with mock.patch("odoo.addons.queue_job.job.datetime", autospec=True) as clock:
            clock.now.return_value = now
            self.assertEqual(Job(self.method, eta=30).eta, now + timedelta(seconds=30))
            self.assertEqual(Job(self.method, eta=-5).eta, now - timedelta(seconds=5))
            duration = timedelta(hours=3)
            self.assertEqual(Job(self.method, eta=duration).eta, now + duration)
            self.assertEqual(Job(self.method, eta=now).eta, now)
            self.assertIsNone(Job(self.method, eta=0).eta)
            self.assertIsNone(Job(self.method, eta=timedelta()).eta)
            self.assertEqual(Job(self.method).date_created, now)

    def test_only_methods_of_records_can_be_jobs(self):
        for what in (1, print, JobCase.stored, self.stored, type(self.record).fail):
            with self.assertRaises(TypeError):
                Job(what)

    def test_arguments_must_be_a_tuple_or_list_and_a_dict(self):
        self.assertEqual(Job(self.method, args=[1]).args, (1,))
        with self.assertRaises(AssertionError):
            Job(self.method, args="text")
        with self.assertRaises(AssertionError):
            Job(self.method, kwargs=[("a", 1)])

    def test_func_string_is_the_call_as_others_search_it(self):
        job = Job(self.method, args=("o", "k"), kwargs={"c": "!", "n": 1})
        self.assertEqual(
            job.func_string,
            f"test.queue.job({self.record.id},).testing_method('o', 'k', c='!', n=1)",
        )

    def test_perform_returns_and_keeps_the_result_and_counts_the_try(self):
        job = Job(self.method, args=("o", "k"), kwargs={"c": "!"})
        result = job.perform()
        self.assertEqual(result, (("o", "k"), {"c": "!"}))
        self.assertEqual(job.result, result)
        self.assertEqual((job.retry, job.state), (1, PENDING))

    def test_retryable_error_is_final_after_max_retries_executions(self):
        job = Job(self.method, kwargs={"raise_retry": True}, max_retries=3)
        for count in (1, 2):
            with self.assertRaises(RetryableJobError):
                job.perform()
            self.assertEqual(job.retry, count)
        with self.assertRaisesRegex(
            FailedJobError, "3.*Must be retried later"
        ) as error:
            job.perform()
        self.assertIsInstance(error.exception.__cause__, RetryableJobError)
        self.assertEqual(job.retry, 3)

    def test_without_max_retries_a_retryable_error_is_never_final(self):
        job = Job(self.method, kwargs={"raise_retry": True}, max_retries=0)
        for _count in range(12):
            with self.assertRaises(RetryableJobError):
                job.perform()
        self.assertEqual(job.retry, 12)

    def test_ignore_retry_does_not_count_the_try(self):
        error = RetryableJobError("later", ignore_retry=True)
        job = Job(self.method, max_retries=1)
        with mock.patch.object(
            type(self.record), "testing_method", side_effect=error, __name__="testing"
        ):
            with self.assertRaises(RetryableJobError):
                job.perform()
        self.assertEqual(job.retry, 0)

    def test_each_state_method_sets_and_clears_its_dates(self):
        job = Job(self.method)
        job.set_enqueued()
        self.assertEqual(job.state, ENQUEUED)
        self.assertTrue(job.date_enqueued)
        job.store()
        with mock.patch("os.getpid", return_value=99999):
            job.set_started()
        self.assertEqual((job.state, job.worker_pid), (STARTED, 99999))
        self.assertTrue(job.date_enqueued)
        self.assertTrue(job.date_started)
        job.set_done(result="test")
        self.assertEqual((job.state, job.result), (DONE, "test"))
        self.assertEqual(
            job.exec_time, (job.date_done - job.date_started).total_seconds()
        )
        job.set_pending()
        self.assertEqual((job.state, job.worker_pid, job.retry), (PENDING, None, 0))
        self.assertFalse(job.date_enqueued or job.date_started or job.date_done)
        self.assertEqual(job.result, "test")
        job.set_cancelled(result="no")
        self.assertEqual((job.state, job.result), (CANCELLED, "no"))
        self.assertTrue(job.date_cancelled)
        job.set_failed(exc_info="traceback", exc_name="E", exc_message=None)
        self.assertEqual((job.state, job.exc_info), (FAILED, "traceback"))
        self.assertIsNone(job.exc_message)

    def test_postpone_sets_only_the_eta_of_the_next_try(self):
        job = Job(self.method)
        now = datetime(2026, 3, 1, 12, 0)
        with mock.patch("odoo.addons.queue_job.job.datetime", autospec=True) as clock:
            clock.now.return_value = now
            job.postpone(result="later", seconds=60)
        self.assertEqual(job.eta, now + timedelta(seconds=60))
        self.assertEqual((job.result, job.state), ("later", PENDING))

    def test_retry_pattern_takes_the_highest_step_reached(self):
        job = Job(self.record.job_with_retry_pattern)
        waits = []
        for job.retry in (1, 2, 3, 4, 5, 9):
            waits.append(job._get_retry_seconds())
        self.assertEqual(waits, [60, 180, 10, 10, 300, 300])
        self.assertEqual(job._get_retry_seconds(seconds=7), 7)
        self.assertEqual(job._get_retry_seconds(seconds=0), 300)

    def test_retry_pattern_without_low_steps_falls_back(self):
        job = Job(self.record.job_with_retry_pattern__no_zero)
        waits = []
        for job.retry in (0, 1, 2, 3, 4):
            waits.append(job._get_retry_seconds())
        self.assertEqual(waits, [RETRY_INTERVAL] * 3 + [180] * 2)

    def test_pair_of_seconds_draws_a_wait_between_both(self):
        job = Job(self.method)
        draws = {job._get_retry_seconds(seconds=(3, 5)) for _i in range(200)}
        self.assertEqual(draws, {3, 4, 5})

    def test_the_delay_of_a_retry_is_accepted_in_any_form(self):
        job = Job(self.method)
        for given, seconds in (
            (60, 60),
            ("60", 60),
            (1.5, 1.5),
            (Decimal("2"), 2),
            (timedelta(minutes=5), 300),
            ([timedelta(minutes=1), "60"], 60),
            ((9, 9), 9),
        ):
            with self.subTest(given=given):
                error = RetryableJobError("later", seconds=given)
                self.assertEqual(job._get_retry_seconds(error.seconds), seconds)
        self.assertIn(job._get_retry_seconds(("5", 3)), (3, 4, 5))
        self.assertEqual(job._get_retry_seconds("0"), RETRY_INTERVAL)

    def test_an_invalid_delay_is_refused_where_it_is_given(self):
        for given, kind in (
            ("soon", ValueError),
            (float("inf"), ValueError),
            (1e30, ValueError),
            (10**400, ValueError),
            ((1, 2, 3), ValueError),
            (datetime(2026, 3, 1), TypeError),
            ({"minutes": 5}, TypeError),
            (True, TypeError),
            (b"60", TypeError),
        ):
            with (
                self.subTest(given=given),
                self.assertRaisesRegex(kind, "Invalid retry delay"),
            ):
                RetryableJobError("later", seconds=given)

    def test_a_retryable_error_may_forget_its_base_constructor(self):
        class Later(RetryableJobError):
            def __init__(self):
                pass

        job = Job(self.method, max_retries=3)
        with mock.patch.object(
            type(self.record),
            "testing_method",
            side_effect=Later(),
            __name__="testing_method",
        ):
            with self.assertRaises(Later) as caught:
                job.perform()
        self.assertIsNone(caught.exception.seconds)

    def test_description_is_given_or_documented_or_the_name(self):
        self.assertEqual(Job(self.method, description="My").description, "My")
        self.assertEqual(Job(self.method).description, "Method used for tests")
        self.assertEqual(
            Job(self.record.no_description).description, "test.queue.job.no_description"
        )

    def test_docstring_that_begins_with_a_newline_still_describes_the_job(self):
        job = Job(self.record.description_on_second_line)
        self.assertEqual(job.description, "Do what the second line says")

    def test_store_and_load_give_the_same_job(self):
        eta = datetime(2030, 1, 2, 3, 4, 5, 678)
        company = self.env["res.company"].create({"name": "Other"})
        job = Job(
            self.record.with_context(company_id=company.id).testing_method,
            args=("ö", [1, {"é": self.record}]),
            kwargs={"day": eta.date(), "moment": eta},
            priority=3,
            eta=eta,
            max_retries=7,
            description="ünïcödé",
            channel="root.sub",
            identity_key="a key",
        )
        job.store()
        loaded = self.reload(job)
        self.assertEqual(loaded, job)
        for name in (
            "args",
            "kwargs",
            "priority",
            "eta",
            "max_retries",
            "description",
            "channel",
            "identity_key",
            "company_id",
            "user_id",
            "state",
            "date_created",
            "recordset",
            "model_name",
            "method_name",
            "func_string",
            "retry",
        ):
            self.assertEqual(getattr(loaded, name), getattr(job, name), name)
        self.assertEqual(loaded.company_id, company.id)

    def test_company_of_the_context_wins_even_when_it_is_none(self):
        self.assertEqual(Job(self.method).company_id, self.env.company.id)
        method = self.record.with_context(company_id=None).testing_method
        self.assertIsNone(Job(method).company_id)
        job = self.stored(method)
        self.assertFalse(job.db_record().company_id)

    def test_deleted_job_cannot_be_loaded(self):
        job = self.stored()
        job.db_record().unlink()
        with self.assertRaises(NoSuchJobError):
            self.reload(job)
        self.assertEqual(Job.load_many(self.env, [job.uuid]), set())

    def test_method_cannot_change_the_stored_arguments(self):
        job = Job(self.record.mutable, args=([1],), kwargs={"mapping": {"a": 1}})
        job.perform()
        self.assertEqual(job.args, ([1],))
        self.assertEqual(job.kwargs, {"mapping": {"a": 1}})

    def test_namedtuple_arguments_can_be_bound_again(self):
        from collections import namedtuple

        point = namedtuple("point", "x y")
        job = Job(self.method, args=(point(1, self.record),))
        self.assertEqual(job.args[0].y, self.record)
        self.assertIsInstance(job.args[0], point)

    def test_su_is_kept(self):
        user = self.env.ref("base.user_admin")
        for record in (self.record.with_user(user), self.record.with_user(user).sudo()):
            job = self.stored(record.testing_method)
            loaded = self.reload(job)
            self.assertEqual(loaded.recordset.env.su, record.env.su)
            self.assertEqual(loaded.recordset.env.uid, user.id)

    def test_job_uuid_is_in_the_context_of_the_method(self):
        job = Job(self.method, kwargs={"return_context": True})
        self.assertEqual(job.perform()["job_uuid"], job.uuid)

    def test_only_known_context_keys_are_kept(self):
        record = self.record.with_context(lang="en_US", config_key=42, other="gone")
        job = self.stored(record.testing_method, kwargs={"return_context": True})
        context = Job.load(self.env(context={}), job.uuid).perform()
        self.assertEqual(
            dict(context), {"lang": "en_US", "config_key": 42, "job_uuid": job.uuid}
        )

    def test_identity_exact_never_changes(self):
        record = self.model.browse([3, 1, 2])
        job = Job(
            record.testing_method,
            args=(1, "a"),
            kwargs={"b": 2, "a": 1},
            identity_key=identity_exact,
        )
        # computed as sha1("test.queue.job" "testing_method" "[1, 2, 3]" "(1, 'a')"
        # "[('a', 1), ('b', 2)]"): databases contain such digests
        self.assertEqual(job.identity_key, "c87742aa3ccf4cc50662d70f36ff36c15631d169")

    def test_functions_channel_is_used_unless_one_is_given(self):
        self.assertEqual(Job(self.record.job_sub_channel).channel, "root.sub")
        self.assertEqual(Job(self.record.job_sub_channel, channel="x").channel, "x")

    def test_method_that_is_gone_is_named(self):
        job = self.stored()
        self.env.cr.execute(
            "UPDATE queue_job SET method_name = 'gone' WHERE uuid = %s", (job.uuid,)
        )
        with self.assertRaisesRegex(AttributeError, "gone"):
            self.reload(job)

    def test_on_fail_method_must_be_a_method(self):
        function = self.env["queue.job.function"].create(
            {
                "name": "<test.queue.job>.testing_method",
                "on_fail_method": "name",
            }
        )
        with self.assertRaisesRegex(TypeError, "name is not a method"):
            Job(self.method)
        function.on_fail_method = "failed_hook"
        job = Job(self.method)
        job.on_fail({"exc_message": "why"})
        self.assertEqual(self.record.notes, "failed: why\n")
