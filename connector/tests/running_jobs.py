"""Runs delayed jobs in the transaction of a test, as workers do."""

from __future__ import annotations

import contextlib

from odoo import models
from odoo.tools import mute_logger

from odoo.addons.queue_job.controllers.main import RunJobController
from odoo.addons.queue_job.job import Job

_MOST_JOBS = 500


class RunsJobs:
    """Part of ``ConnectorCase``."""

    @mute_logger("odoo.addons.queue_job.controllers.main")
    def run_jobs(self, most: int | None = None) -> models.BaseModel:
        """Run the pending jobs, and those they create, once each; return them.

        Their ETA is ignored. The changes of a failed job are rolled back; its state
        shows the result.

        :param most: maximum number of jobs to run
        """
        seen: list[str] = []
        jobs = self.env["queue.job"].sudo()
        while len(seen) < (most or _MOST_JOBS):
            self.env.flush_all()
            self.env.invalidate_all()
            job = jobs.search(
                [("state", "=", "pending"), ("uuid", "not in", seen)],
                order="id",
                limit=1,
            )
            if not job:
                break
            seen.append(job.uuid)
            loaded = Job.load(self.env, job.uuid)
            loaded.set_started()
            loaded.store()
            with contextlib.suppress(Exception):
                RunJobController._runjob(self.env, loaded)
        if len(seen) == _MOST_JOBS:
            raise AssertionError(
                f"{_MOST_JOBS} jobs and more: jobs create each other endlessly."
            )
        return jobs.search([("uuid", "in", seen)], order="id")
