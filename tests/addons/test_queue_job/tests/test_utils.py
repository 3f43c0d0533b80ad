import os
from unittest import mock

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.delay import chain, group
from odoo.addons.queue_job.exception import RetryableJobError

from .common import JobCase

NOTICES = "odoo.addons.queue_job.utils"


@tagged("post_install", "-at_install")
class TestDirectMode(JobCase):
    def setUp(self):
        super().setUp()
        self.direct = self.record.with_context(queue_job__no_delay=True)

    def test_context_key_runs_the_job_at_once_and_stores_nothing(self):
        job = self.direct.with_delay().testing_method(1, a=2)
        self.assertEqual(job.result, ((1,), {"a": 2}))
        self.assertEqual((job.state, job.retry), ("pending", 1))
        self.assertFalse(job.db_record())

    def test_environment_variable_wins_over_the_context(self):
        record = self.record.with_context(queue_job__no_delay=False)
        with (
            mock.patch.dict(os.environ, {"QUEUE_JOB__NO_DELAY": "0"}),
            self.assertLogs(NOTICES, "WARNING"),
        ):
            job = record.with_delay().testing_method()
        self.assertFalse(job.db_record())

    def test_empty_environment_variable_counts_for_nothing(self):
        with mock.patch.dict(os.environ, {"QUEUE_JOB__NO_DELAY": ""}):
            self.assertTrue(self.record.with_delay().testing_method().db_record())

    def test_graph_runs_parents_first(self):
        chain(
            group(
                self.direct.delayable().append_note("one"),
                self.direct.delayable().append_note("one"),
            ),
            self.record.delayable().append_note("two"),
        ).delay()
        self.assertEqual(self.record.notes, "one\none\ntwo\n")

    def test_error_reaches_the_caller(self):
        with self.assertRaises(RetryableJobError):
            self.direct.with_delay().testing_method(raise_retry=True)

    @mute_logger(NOTICES)
    def test_identity_is_ignored(self):
        self.record.with_delay(identity_key="k").testing_method()
        job = self.direct.with_delay(identity_key="k").testing_method(3)
        self.assertEqual(job.result, ((3,), {}))
