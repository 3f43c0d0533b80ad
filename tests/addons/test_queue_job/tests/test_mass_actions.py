from unittest import mock

from odoo.tests import Form, tagged

from .common import JobCase


@tagged("post_install", "-at_install")
class TestMassActions(JobCase):
    def setUp(self):
        super().setUp()
        self.queue_job.search([]).unlink()
        self.rows = self.queue_job.concat(
            *(self.stored(description=name).db_record() for name in "abcd")
        )
        self.rows[:3].write({"state": "failed"})
        self.rows[3].write({"state": "started"})

    def wizard(self, model, selected, domain):
        return Form(
            self.env[model].with_context(
                active_model="queue.job",
                active_ids=selected.ids,
                active_domain=domain,
            )
        )

    def test_the_affected_jobs_are_counted_before(self):
        form = self.wizard("queue.requeue.job", self.rows[2:], [])
        self.assertEqual((form.total_count, form.concerned_count), (2, 1))
        form.scope = "filter"
        self.assertEqual((form.total_count, form.concerned_count), (4, 3))

    def test_all_that_match_the_filter_are_requeued(self):
        domain = [["state", "=", "failed"]]
        form = self.wizard("queue.requeue.job", self.rows[:1], domain)
        form.scope = "filter"
        form.save().requeue()
        self.assertEqual(
            self.rows.mapped("state"), ["pending", "pending", "pending", "started"]
        )

    def test_the_selection_alone_is_the_default(self):
        form = self.wizard("queue.jobs.to.cancelled", self.rows[:1], [])
        form.save().set_cancelled()
        self.assertEqual(
            self.rows.mapped("state"), ["cancelled", "failed", "failed", "started"]
        )

    def test_user_is_notified_of_the_result(self):
        users = type(self.env["res.users"])
        with mock.patch.object(users, "_bus_send") as send:
            form = self.wizard("queue.jobs.to.done", self.rows, [])
            form.save().set_done()
        channel, message = send.call_args.args
        self.assertEqual(channel, "simple_notification")
        self.assertIn("3 of 4 jobs", message["message"])

    def test_filter_by_dates_as_the_list_sends_it(self):
        domain = [["date_failed", ">=", "today"], ["state", "=", "failed"]]
        form = self.wizard("queue.requeue.job", self.rows[:0], domain)
        form.scope = "filter"
        self.assertEqual(form.concerned_count, 3)
