"""Runs jobs from a scheduled action, so that jobs run without any worker set up."""

import logging
import time

from ...engine.config import heartbeat_timeout, is_enabled
from ...engine.diagnostics import sql
from ...engine.process.runner import JobRunner
from ..part import Part

_logger = logging.getLogger(__name__)

#: Seconds after which one call of the scheduled action starts no further job.
_MOST = 50.0


class JobCron(Part):
    _name = "queue.job"
    _register = False

    def _cron_run_jobs(self):
        """Run the ready jobs, unless workers are alive."""
        if not is_enabled() or self._workers_are_alive():
            return
        runner = JobRunner(slots=1, kind="cron", names=[self.env.cr.dbname])
        runner.start()
        try:
            self._run_until(runner, time.monotonic() + _MOST)
        finally:
            runner.close()

    def _workers_are_alive(self) -> bool:
        self.env.cr.execute(sql.ALIVE, {"timeout": heartbeat_timeout()})
        return bool(self.env.cr.fetchone()[0])

    def _run_until(self, runner, deadline: float) -> None:
        """Run jobs until none is ready, or until ``deadline`` (monotonic clock)."""
        if not runner.wait_until_open(seconds=10):
            _logger.warning("Jobs not run, worker not registered in time")
            return
        while runner.work_if_any() and time.monotonic() < deadline:
            _logger.debug("The scheduled action ran jobs")
