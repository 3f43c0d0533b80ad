from odoo.tests import BaseCase, tagged

from odoo.addons.connector import exception
from odoo.addons.queue_job.exception import JobError, RetryableJobError


@tagged("post_install", "-at_install")
class TestExceptions(BaseCase):
    def test_connectors_import_the_errors_of_jobs_from_here(self):
        self.assertIs(exception.RetryableJobError, RetryableJobError)
        self.assertIs(exception.JobError, JobError)

    def test_an_unreachable_system_is_tried_again(self):
        for error in (exception.NetworkRetryableError, exception.NoExternalId):
            self.assertTrue(issubclass(error, RetryableJobError))

    def test_a_wrong_id_fails_the_job(self):
        for error in (exception.IDMissingInBackend, exception.ManyIDSInBackend):
            self.assertTrue(issubclass(error, JobError))
            self.assertFalse(issubclass(error, RetryableJobError))

    def test_who_caught_key_errors_of_mappings_still_does(self):
        self.assertTrue(issubclass(exception.UnknownFieldError, KeyError))
        self.assertTrue(issubclass(exception.MissingSourceError, KeyError))
        self.assertTrue(issubclass(exception.MissingSourceError, TypeError))
        self.assertEqual(
            str(exception.UnknownFieldError("no field 'x'")), "no field 'x'"
        )
