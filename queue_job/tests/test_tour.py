from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import HttpCase, tagged

from odoo.addons.queue_job.delay import chain
from odoo.addons.queue_job.engine.copies.identity import read_status

TRACEBACK = """Traceback (most recent call last):
  File "/opt/custom/addons/my_shop/models/order.py", line 345, in send
    raise UserError
odoo.exceptions.UserError: The shop is closed
"""


class QueueCase(HttpCase):
    """With some jobs, two of which failed for the same reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Debian's Odoo lacks this library of the discuss app, and each missing
        # file is an error in the browser's console
        cls.env["ir.asset"].create(
            {
                "name": "library that is not there",
                "bundle": "web.assets_backend",
                "directive": "remove",
                "path": "mail/static/lib/selfie_segmentation/selfie_segmentation.js",
            }
        )
        cls.env["queue.job"].search([]).unlink()
        cls.channel = cls.env["queue.job.channel"].create(
            {"name": "till", "parent_id": cls.env.ref("queue_job.channel_root").id}
        )
        partner = cls.env["res.partner"].create({"name": "Closed Shop"})
        first, then, other = (
            partner.delayable(description=name, channel="root.till")
            for name in ("Send the order", "Send the invoice", "Send another order")
        )
        chain(first.exists(), then.exists()).delay()
        other.exists().delay()
        cls.jobs = cls.env["queue.job"]
        for delayable in (first, then, other):
            cls.jobs |= delayable._generated_job.db_record()
        for delayable in (first, other):
            job = delayable._generated_job
            job.set_failed(
                exc_name="odoo.exceptions.UserError",
                exc_message="The shop is closed",
                exc_info=TRACEBACK,
            )
            job.store()


@tagged("post_install", "-at_install")
class TestTour(QueueCase):
    """What an administrator does at three in the morning, in a browser."""

    def test_failure_is_found_understood_and_requeued(self):
        # the first is requeued manually, so its cause still has the other two
        self.third_failure()
        self.start_tour("/odoo", "queue_job_care_for_failures", login="admin")
        self.env.invalidate_all()
        self.assertEqual(
            self.jobs.mapped("state"), ["pending", "wait_dependencies", "pending"]
        )
        self.assertTrue(self.channel.paused)

    def third_failure(self):
        other = self.jobs[2]
        job = other.records.with_delay(description="Send a third order").exists()
        job.set_failed(
            exc_name="odoo.exceptions.UserError",
            exc_message="The shop is closed",
            exc_info=TRACEBACK,
        )
        job.store()

    def test_jobs_of_a_neutralized_copy_run_once_a_manager_confirms(self):
        for query in get_neutralization_queries(["base"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.start_tour(
            "/odoo/action-queue_job.action_queue_job",
            "queue_job_run_jobs_in_copy",
            login="admin",
        )
        self.assertTrue(read_status(self.env.cr).is_held, "held again in the end")

    def test_action_on_all_that_match_the_filter(self):
        self.start_tour(
            "/odoo/action-queue_job.action_queue_job",
            "queue_job_act_on_all_that_match",
            login="admin",
        )
        self.env.invalidate_all()
        self.assertEqual(
            self.jobs.mapped("state"), ["pending", "wait_dependencies", "pending"]
        )
