from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import JobCase

TRACEBACK = """Traceback (most recent call last):
  File "/opt/custom/addons/my_shop/models/order.py", line {line}, in send
ValueError: no
"""


@tagged("post_install", "-at_install")
class TestCauses(JobCase):
    def setUp(self):
        super().setUp()
        self.queue_job.search([]).unlink()
        self.causes = self.env["queue.job.cause"]

    def failed(self, line=1, method=None, message="no"):
        job = self.stored(method)
        job.set_failed(
            exc_name="ValueError",
            exc_message=message,
            exc_info=TRACEBACK.format(line=line),
        )
        job.store()
        self.env.flush_all()
        return job.db_record()

    def test_one_line_for_each_function_exception_and_place(self):
        self.failed(1, message="first")
        last = self.failed(1, message="last")
        self.failed(2)
        self.failed(1, method=self.record.job_a)
        causes = self.causes.search([])
        self.assertEqual(sorted(causes.mapped("job_count")), [1, 1, 2])
        cause = causes.filtered(lambda cause: cause.job_count == 2)
        self.assertEqual(cause.channel_method_name, "<test.queue.job>.testing_method")
        self.assertEqual(cause.exc_place, "my_shop/models/order.py:1 in send")
        self.assertEqual(cause.exc_message, "last")
        self.assertEqual(cause.last_seen, last.date_failed)
        self.assertLessEqual(cause.first_seen, cause.last_seen)

    def test_opening_a_cause_lists_its_jobs(self):
        one, two = self.failed(1), self.failed(1)
        self.failed(2)
        cause = self.causes.search([("job_count", "=", 2)])
        action = cause.action_open_jobs()
        self.assertEqual(self.queue_job.search(action["domain"]), one | two)

    def test_all_jobs_of_a_cause_are_requeued_or_cancelled(self):
        one, two, other = self.failed(1), self.failed(1), self.failed(2)
        self.causes.search([("job_count", "=", 2)]).action_requeue()
        self.assertEqual(
            (one.state, two.state, other.state), ("pending", "pending", "failed")
        )
        self.causes.search([]).action_cancel()
        self.assertEqual(other.state, "cancelled")
        self.assertFalse(self.causes.search([]))

    def test_failure_without_traceback_has_a_line_too(self):
        self.stored().db_record().write({"state": "failed", "exc_name": "JobFoundDead"})
        cause = self.causes.search([])
        self.assertFalse(cause.exc_place)
        cause.action_requeue()
        self.assertFalse(self.causes.search([]))

    def test_only_managers_see_causes(self):
        self.failed()
        user = self.env["res.users"].create(
            {
                "name": "u",
                "login": "u",
                "group_ids": [(6, 0, [self.env.ref("base.group_user").id])],
            }
        )
        with self.assertRaises(AccessError):
            self.causes.with_user(user).search([])
        self.assertTrue(self.causes.with_user(self.manager()).search([]))

    def test_managers_see_the_causes_of_their_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.failed().write({"company_id": other.id})
        self.env.flush_all()
        self.assertFalse(self.causes.with_user(self.manager()).search([]))
