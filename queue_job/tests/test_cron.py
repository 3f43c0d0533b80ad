from unittest.mock import patch

from odoo.tests import tagged

from ..engine.process.runner import JobRunner
from ..models.queue_job import QueueJob
from .engine_common import EngineCase


@tagged("post_install", "-at_install")
class TestCron(EngineCase):
    def test_the_scheduled_action_leaves_jobs_to_living_workers(self):
        with (
            patch.object(QueueJob, "_workers_are_alive", return_value=True),
            patch.object(JobRunner, "start") as start,
        ):
            self.jobs._cron_run_jobs()
        start.assert_not_called()

    def test_a_worker_without_its_lock_is_not_alive(self):
        self.assertFalse(self.jobs._workers_are_alive())
