from odoo.tests import tagged

from odoo.addons.queue_job.job import Job
from odoo.addons.queue_job.tests.common import JobMixin

from .common import JobCase


@tagged("post_install", "-at_install")
class TestAutoDelay(JobCase, JobMixin):
    def setUp(self):
        super().setUp()
        self.auto = self.env["test.queue.job.auto"].create({})

    def test_method_delays_itself(self):
        job = self.auto.delay_me(1, kwarg=2)
        self.assertIsInstance(job, Job)
        self.assertEqual(job.perform(), (1, 2))

    def test_options_come_from_the_options_method(self):
        with self.trap_jobs() as trap:
            self.auto.delay_me_options()
            trap.assert_enqueued_job(
                self.auto.delay_me_options,
                properties={
                    "identity_key": "my_job_identity",
                    "priority": 3,
                    "eta": 60,
                },
            )

    def test_context_key_decides_when_there_is_one(self):
        self.assertEqual(self.auto.delay_me_context_key(), "ok")
        auto = self.auto.with_context(auto_delay_me=True)
        self.assertIsInstance(auto.delay_me_context_key(), Job)

    def test_inside_a_job_the_method_itself_runs_unless_the_uuid_is_cleared(self):
        inside = self.auto.with_context(job_uuid="some job")
        self.assertEqual(inside.delay_me(1), (1, None))
        self.assertIsInstance(inside.with_context(job_uuid=False).delay_me(1), Job)

    def test_no_delay_mode_runs_the_method_itself(self):
        auto = self.auto.with_context(queue_job__no_delay=True)
        self.assertEqual(auto.delay_me(1), (1, None))

    def test_original_method_stays_reachable(self):
        origin = type(self.auto).delay_me.origin
        self.assertEqual(origin(self.auto, 5), (5, None))
        self.assertEqual(type(self.auto).delay_me.__name__, "delay_me")
