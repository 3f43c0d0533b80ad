"""Run delayed jobs in the transaction of a test, the way workers do."""

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
        """Run the jobs that wait, and those they make, once each; return them.

        It does not matter when they are due. What a job that fails wrote is undone;
        the state it is left in tells how it went.

        :param most: leave the others after so many
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
            raise AssertionError(f"{_MOST_JOBS} jobs and more: they make each other.")
        return jobs.search([("uuid", "in", seen)], order="id")
