import warnings

from odoo.tests import tagged

from odoo.addons.queue_job.delay import chain, group
from odoo.addons.queue_job.tests.common import JobCall, JobMixin, mock_with_delay

from .common import JobCase


@tagged("post_install", "-at_install")
class TestTrap(JobCase, JobMixin):
    def test_trapped_jobs_are_counted_and_not_stored(self):
        counter = self.job_counter()
        with self.trap_jobs() as trap:
            job = self.record.with_delay(priority=3).testing_method(1, a=2)
            group(
                self.record.delayable().job_a(), self.model.delayable().job_a()
            ).delay()
            trap.assert_jobs_count(3)
            trap.assert_jobs_count(1, only=self.record.job_a)
            trap.assert_jobs_count(1, only=self.model.job_a)
            with self.assertRaises(AssertionError):
                trap.assert_jobs_count(2)
            self.assertEqual(trap.enqueued_jobs[0], job)
        self.assertEqual(counter.count_created(), 0)

    def test_enqueued_job_is_found_by_call_and_given_properties(self):
        with self.trap_jobs() as trap:
            self.record.with_delay(eta=15, priority=3).testing_method(1, a=2)
            trap.assert_enqueued_job(
                self.record.testing_method, args=(1,), kwargs={"a": 2}
            )
            trap.assert_enqueued_job(
                self.record.testing_method,
                args=(1,),
                kwargs={"a": 2},
                properties={"eta": 15, "identity_key": None},
            )
            trap.perform_enqueued_jobs()
            # the calls are kept
            trap.assert_enqueued_job(
                self.record.testing_method, args=(1,), kwargs={"a": 2}
            )

    def test_missing_job_is_reported_with_the_existing_ones(self):
        name = f"<test.queue.job({self.record.id},)>"
        with self.trap_jobs() as trap:
            self.record.with_delay(eta=15).testing_method(1, a=2)
            self.record.with_delay(priority=3).job_a()
            with self.assertRaises(AssertionError) as error:
                trap.assert_enqueued_job(
                    self.record.testing_method,
                    args=(1,),
                    kwargs={"a": 3},
                    properties={"priority": 3, "eta": 16},
                )
        self.assertEqual(
            str(error.exception),
            f"Job {name}.testing_method(1, a=3) with properties (priority=3, eta=16) "
            "was not enqueued.\nActual enqueued jobs:\n"
            f" * {name}.testing_method(1, a=2) with properties (priority=None, eta=15)"
            f"\n * {name}.job_a() with properties (priority=3, eta=None)",
        )

    def test_records_are_compared_with_arguments_of_any_kind_in_silence(self):
        with self.trap_jobs() as trap, warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            self.record.with_delay().testing_method(self.record)
            with self.assertRaises(AssertionError):
                trap.assert_enqueued_job(self.record.testing_method, args=(1,))

    def test_performing_runs_single_jobs_by_priority_then_graphs(self):
        with self.trap_jobs() as trap:
            chain(
                self.record.delayable().append_note("graph 1"),
                self.record.delayable(priority=1).append_note("graph 2"),
            ).delay()
            self.record.with_delay(priority=20).append_note("low")
            self.record.with_delay(priority=5).append_note("high")
            trap.perform_enqueued_jobs()
            trap.assert_jobs_count(0)
        self.assertEqual(
            self.record.notes.splitlines(), ["high", "low", "graph 1", "graph 2"]
        )

    def test_job_sees_only_the_context_that_is_kept(self):
        with self.trap_jobs() as trap:
            job = (
                self.record.with_context(other=1, config_key=2)
                .with_delay()
                .testing_method(return_context=True)
            )
            trap.perform_enqueued_jobs()
        self.assertEqual(job.result.get("config_key"), 2)
        self.assertNotIn("other", job.result)
        self.assertEqual(job.result["job_uuid"], job.uuid)

    def test_duplicate_identity_waits_once_but_both_calls_are_recorded(self):
        with self.trap_jobs() as trap:
            for _i in range(2):
                self.record.with_delay(identity_key="k").testing_method()
            trap.assert_jobs_count(1)
            self.assertEqual(len(trap.calls), 2)
            trap.perform_enqueued_jobs()
            self.record.with_delay(identity_key="k").testing_method()
            trap.assert_jobs_count(1)

    def test_duplicate_identity_does_not_reach_the_database(self):
        counter = self.job_counter()
        with self.trap_jobs():
            for _i in range(2):
                self.record.with_delay(identity_key="k").testing_method()
            group(
                self.record.delayable(identity_key="k").job_a(),
                self.record.delayable(identity_key="k").job_a(),
            ).delay()
        self.assertEqual(counter.count_created(), 0)

    def test_stored_identity_is_found_inside_a_trap(self):
        job = self.record.with_delay(identity_key="k").testing_method()
        with self.trap_jobs():
            again = self.record.with_delay(identity_key="k").testing_method()
        self.assertEqual(again, job.db_record())

    def test_counter_counts_the_jobs_stored_since(self):
        self.stored()
        counter = self.job_counter()
        job = self.record.with_delay().append_note("x")
        self.assertEqual(counter.search_created(), job.db_record())
        self.assertEqual(
            counter.count_all(), counter.count_existing() + counter.count_created()
        )
        self.perform_jobs(counter)
        self.assertEqual(self.record.notes, "x\n")
        self.assertEqual(job.db_record().state, "pending")

    def test_mock_with_delay_shows_the_call_and_makes_no_job(self):
        counter = self.job_counter()
        with mock_with_delay() as (delayable_cls, delayable):
            self.record.with_delay(priority=15).testing_method("a", k=1)
        self.assertEqual(delayable_cls.call_args[0], (self.record,))
        self.assertEqual(
            delayable_cls.call_args[1],
            {
                "priority": 15,
                "eta": None,
                "max_retries": None,
                "description": None,
                "channel": None,
                "identity_key": None,
            },
        )
        delayable.testing_method.assert_called_once_with("a", k=1)
        self.assertEqual(counter.count_created(), 0)

    def test_calls_compare_by_method_and_arguments(self):
        call = JobCall(self.record.job_a, (1,), {}, {})
        self.assertEqual(call, JobCall(self.record.job_a, (1,), {}, {}))
        self.assertNotEqual(call, JobCall(self.model.job_a, (1,), {}, {}))
        self.assertIs(call.__eq__("something else"), NotImplemented)
