from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.queue_job.job import Job

from .common import JobCase


@tagged("post_install", "-at_install")
class TestRelatedAction(JobCase):
    def test_one_record_opens_its_form(self):
        action = self.stored().related_action()
        self.assertEqual(
            action,
            {
                "name": "Related Record",
                "type": "ir.actions.act_window",
                "view_mode": "form",
                "res_model": "test.queue.job",
                "res_id": self.record.id,
            },
        )

    def test_several_records_open_a_list(self):
        records = self.record | self.model.create({})
        action = self.stored(records.testing_method).related_action()
        self.assertEqual(
            action,
            {
                "name": "Related Records",
                "type": "ir.actions.act_window",
                "view_mode": "list,form",
                "res_model": "test.queue.job",
                "domain": [("id", "in", records.ids)],
            },
        )

    def test_deleted_records_open_nothing_with_a_message(self):
        record = self.model.create({})
        job = self.stored(record.testing_method)
        record.unlink()
        self.assertIsNone(job.related_action())
        with self.assertRaisesRegex(UserError, "No action available for this job"):
            job.db_record().open_related_action()
        self.assertIsNone(self.stored(self.model.testing_method).related_action())

    def test_method_of_the_settings_gets_their_arguments(self):
        job = self.stored(self.record.testing_related_action__kwargs)
        self.assertEqual(job.related_action(), (job.db_record(), {"b": 4}))
        job = self.stored(self.record.testing_related_action__return_none)
        self.assertIsNone(job.related_action())

    def test_method_may_use_the_arguments_of_the_job(self):
        job = self.stored(
            self.record.testing_related_action__store, args=("Discworld",)
        )
        self.assertEqual(
            job.db_record().open_related_action()["url"],
            "https://en.wikipedia.org/wiki/Discworld",
        )

    def test_related_action_can_be_switched_off(self):
        self.env["queue.job.function"].create(
            {
                "name": "<test.queue.job>.job_a",
                "related_action": {"enable": False},
            }
        )
        self.assertIsNone(self.stored(self.record.job_a).related_action())

    def test_name_of_the_method_must_be_text(self):
        job = self.stored()
        job.job_config = job.job_config._replace(related_action_func_name=42)
        with self.assertRaises(ValueError):
            job.related_action()

    def test_default_related_action_of_the_model_is_used(self):
        job = Job(self.record.testing_method)
        job.store()
        self.assertEqual(
            job.db_record()._default_related_action, "related_action_open_record"
        )
