"""The results of the records of a run, counted by its jobs."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from odoo import api, models

from odoo.addons.queue_job.job import FAILED

from ... import cursor_value
from ...components.result import SyncResult
from .line import OPEN_FAILURE
from .run import COUNTERS, FINISHED_JOB


class ConnectorSyncRun(models.Model):
    _inherit = "connector.sync.run"

    @api.depends("counter_ids", "line_ids.resolved", "line_ids.dismissed")
    def _compute_counts(self):
        sums = {
            run.id: values
            for run, *values in self.env["connector.sync.counter"]._read_group(
                [("run_id", "in", self.ids)],
                ["run_id"],
                [f"{name}:sum" for name in COUNTERS],
            )
        }
        failed = dict(
            self.env["connector.sync.line"]._read_group(
                [("run_id", "in", self.ids), *OPEN_FAILURE],
                ["run_id"],
                ["__count"],
            )
        )
        for run in self:
            for name, value in zip(
                COUNTERS, sums.get(run.id, [0] * len(COUNTERS)), strict=True
            ):
                run[name] = value
            run.failed = failed.get(run, 0)
            run.taken_over = len(run.earlier_line_ids)

    # No dependency on the state of jobs: each of its many changes would search runs.
    def _compute_jobs(self):
        counts = {run.id: Counter() for run in self}
        # Users who may see a run may not have access to all jobs.
        jobs = self.env["queue.job"].sudo()
        for run, state, count in jobs._read_group(
            [("sync_run_id", "in", self.ids)], ["sync_run_id", "state"], ["__count"]
        ):
            counts[run.id][state] = count
        for run in self:
            count = counts.get(run.id, Counter())
            run.job_count = sum(count.values())
            run.job_done_count = sum(count[state] for state in FINISHED_JOB)
            run.job_failed_count = count[FAILED]
            run.progress = (
                100 * run.job_done_count / run.job_count if run.job_count else 0
            )

    def _count(
        self,
        results: Iterable[SyncResult],
        seen: int = 0,
        changed_at: Iterable[Any] = (),
        pages_asked: int | None = None,
        **counts: int,
    ) -> None:
        """Store the results of some records, in this job's own rows.

        Without a run, successful records resolve their earlier failures.

        :param seen: how many records a list held
        :param changed_at: the cursor values of these records, as given by the list
        :param pages_asked: number of pages requested by this page
        :param counts: further counters, by name
        """
        results = list(results)
        lines = self.env["connector.sync.line"].sudo()
        if not self:
            lines._report_outside_of_runs(results)
            return
        kinds = Counter(result.kind for result in results)
        if results or seen or counts or pages_asked is not None:
            declared = self._declared_flow()
            kind = declared.cursor_type if declared else None
            changed_at = [
                at for at in changed_at if not cursor_value.is_in_future(at, kind)
            ]
            self.env["connector.sync.counter"].create(
                {
                    "run_id": self.id,
                    "seen": seen,
                    "watermark": cursor_value.latest(changed_at, kind),
                    "pages_read": int(pages_asked is not None),
                    "pages_asked": pages_asked or 0,
                    **{name: kinds[name] for name in COUNTERS if name in kinds},
                    **counts,
                }
            )
        lines._report(self, results)

    def _note_incomplete(self, reason: str) -> None:
        """Store in this job's own row why the run may have missed records."""
        if self:
            self.env["connector.sync.counter"].create(
                {"run_id": self.id, "incomplete_reason": reason}
            )
