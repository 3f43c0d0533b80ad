from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from ..job import Job, retry


@tagged("post_install", "-at_install")
class TestRetryPolicy(TransactionCase):
    """A retry pattern that names a policy."""

    def setUp(self):
        super().setUp()
        self.function = self.env.ref("queue_job.job_function_queue_job__test_job")

    def waits(self, *tries: int) -> list:
        """Return the longest wait after each of these numbers of tries."""
        job = Job(self.env["queue.job"]._test_job)
        waits = []
        for job.retry in tries:
            with patch("odoo.addons.queue_job.job.retry_seconds.randint", max):
                waits.append(job._get_retry_seconds())
        return waits

    def test_the_wait_doubles_with_each_try_up_to_the_longest(self):
        self.function.retry_pattern = {"policy": "exponential", "base": 10, "max": 60}
        self.assertEqual(self.waits(0, 1, 2, 3, 4, 99), [10, 10, 20, 40, 60, 60])

    def test_the_form_and_the_retry_pattern_say_the_same(self):
        function = self.function
        function.retry_pattern = {"policy": "exponential", "base": 5}
        self.assertEqual(
            (function.retry_backoff, function.retry_backoff_max), (5, 3600)
        )
        self.assertEqual(
            function.edit_retry_pattern, "{'policy': 'exponential', 'base': 5}"
        )
        self.assertEqual(function._parse_retry_pattern(), {})
        function.retry_backoff = 7
        self.assertEqual(
            function.retry_pattern, {"policy": "exponential", "base": 7, "max": 3600}
        )
        function.retry_backoff = 0
        self.assertEqual(function.retry_pattern, {})

    def test_no_backoff_leaves_a_pattern_alone(self):
        self.function.write({"edit_retry_pattern": "{1: 60}", "retry_backoff": 0})
        self.assertEqual(self.function._parse_retry_pattern(), {1: 60})
        self.assertEqual(self.waits(1), [60])

    def test_a_policy_that_would_break_every_retry_is_refused_by_name(self):
        for pattern, problem in (
            ({"policy": "exponentail", "base": 5}, "no retry policy 'exponentail'"),
            ({"policy": ["exponential"]}, "no retry policy"),
            ({"policy": "exponential"}, "needs the setting base"),
            ({"policy": "exponential", "base": 5, "mx": 6}, "has no setting mx"),
            ({"policy": "exponential", "base": "5"}, "base is '5'"),
            ({"policy": "exponential", "base": 0}, "base is 0"),
            ({"policy": "exponential", "base": 5, "max": True}, "max is True"),
        ):
            with self.assertRaisesRegex(UserError, problem):
                self.function.retry_pattern = pattern
            self.function.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "base is -1"):
            self.function.retry_backoff = -1

    def test_a_policy_that_is_gone_does_not_stop_jobs(self):
        self.function.retry_pattern = {"policy": "exponential", "base": 5}
        self.env.flush_all()
        self.registry.clear_cache()
        with (
            patch.dict(retry.POLICIES, clear=True),
            self.assertLogs("odoo.addons.queue_job.models.function", "ERROR"),
        ):
            self.assertEqual(self.waits(1), [600])
        self.registry.clear_cache()
