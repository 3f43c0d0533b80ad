"""The life cycle of a run."""

from __future__ import annotations

import logging

import psycopg2

from odoo import api, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import Datetime
from odoo.tools import SQL

from odoo.addons.queue_job.job import CANCELLED, FAILED
from odoo.addons.queue_job.utils import must_run_without_delay

from ... import cursor_value
from .line import RECORD_METHODS
from .run import CONTEXT_KEY, FINISHED_JOB, OPEN_RUN

_logger = logging.getLogger(__name__)

#: Jobs that read or compare a list: if one does not run, records may be missing.
LIST_METHODS = ("import_batch", "import_page", "export_batch", "apply_deletions")


class ConnectorSyncRun(models.Model):
    """Runs of a model are executed one after the other, and always end.

    A run ends when none of its jobs is pending or running, including cancelled and
    deleted ones. It is *incomplete* if it may not have read all records.
    """

    _inherit = "connector.sync.run"

    # -- the start

    def _open(self, values: dict) -> tuple:
        """Return the run in progress with these values, created if there is none.

        If another run of the model is in progress, the new one is queued behind it.

        :return: the run, and whether to launch it now
        :raise ConcurrencyError: another transaction is starting it; requests are
            retried automatically
        """
        same = [(name, "=", values[name]) for name in ("backend_model", "backend_id")]
        run = self.search([*same, ("open_key", "=", values["open_key"])], limit=1)
        if run:
            return run, False
        slot = f"{values['direction']} {values['model']}"
        try:
            with self.env.cr.savepoint():
                queued = bool(self.search_count([*same, ("slot", "=", slot)], limit=1))
                run = self.create({**values, "queued": queued})
                if not queued:
                    run.slot = slot
                    run.flush_recordset()
        except psycopg2.errors.UniqueViolation as error:
            raise ConcurrencyError(
                self.env._("%s is being started by another user.", values["model"])
            ) from error
        return run, not queued

    def _launch(self, env=None) -> None:
        """Delay the first job, and the retries of earlier failures.

        :param env: environment of the jobs; by default that of the creator of the run
        """
        self.ensure_one()
        env = env or self.with_user(self.create_uid).env
        backend = self._backend_of_jobs(env)
        jobs = backend.env[self.model].with_delay(description=self.display_name)
        getattr(jobs, f"{self.direction}_batch")(backend, self.filters or None)
        if self.compare_ids:
            self._discard_earlier_comparisons()
        else:
            self.env["connector.sync.line"]._retry_due(self, backend)
        if must_run_without_delay(env):
            # Everything is already done, and no job is left to report it.
            self.state = "running"
            self._close()

    def _backend_of_jobs(self, env):
        """Return the backend in the environment of the jobs of this run."""
        return self.backend_ref.with_env(env).with_context(**{CONTEXT_KEY: self.id})

    def _launch_next(self) -> None:
        """Start the run that was queued behind this one."""
        queued = self.search(
            [
                *self._same_model(),
                ("queued", "=", True),
                ("state", "in", OPEN_RUN),
            ],
            order="id",
            limit=1,
        )
        if not queued or self.search_count(
            [*self._same_model(), ("slot", "!=", False)], limit=1
        ):
            return
        try:
            with self.env.cr.savepoint():
                queued.write(
                    {"queued": False, "slot": f"{self.direction} {self.model}"}
                )
                queued._launch()
        except Exception as error:
            _logger.exception("queued run cannot start: run=%s", queued.id)
            queued._note_incomplete(str(error))
            queued._close()

    def _same_model(self) -> list:
        own = [(name, "=", self[name]) for name in ("direction", "model")]
        return [*self._same_backend_domain(), *own]

    # -- the end

    def _settle_after_commit(self) -> None:
        """Check after the commit whether this was the last job.

        Two jobs that end at the same time do not see each other's end before their
        commit; after it, the later one sees both.
        """
        run_ids, registry = self.ids, self.env.registry
        if not run_ids:
            return

        def settle() -> None:
            try:
                with registry.cursor() as cr:
                    env = api.Environment(cr, api.SUPERUSER_ID, {})
                    env[self._name].browse(run_ids)._settle()
            except Exception:
                # The job is committed; the scheduled action will check again.
                _logger.warning("runs not closed yet: runs=%s", run_ids, exc_info=True)

        self.env.cr.postcommit.add(settle)

    def _settle(self) -> None:
        """Close the runs without unfinished jobs."""
        self.env["queue.job"].flush_model(["state", "sync_run_id"])
        self.flush_model(["state", "queued"])
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM connector_sync_run run
                 WHERE id = ANY(%s) AND state = ANY(%s) AND queued IS NOT TRUE
                   AND NOT EXISTS (SELECT FROM queue_job
                                    WHERE sync_run_id = run.id AND NOT state = ANY(%s))
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                self.ids,
                list(OPEN_RUN),
                list(FINISHED_JOB),
            )
        )
        for run in self.browse([row[0] for row in self.env.cr.fetchall()]):
            run._close()

    def _close(self) -> None:
        jobs = self.env["queue.job"].search(
            [("sync_run_id", "=", self.id), ("state", "in", (FAILED, CANCELLED))]
        )
        reasons = self._incomplete_reasons(jobs)
        if not reasons and not jobs and self._begin_comparison():
            # If jobs are not delayed, it has ended already.
            if must_run_without_delay(self.env):
                self._close()
            return
        lines = self.env["connector.sync.line"]
        lines._supersede(self)
        lines._report_failed_jobs(self, jobs)
        self.invalidate_recordset()
        # Single records are retried automatically, and do not affect the list.
        failed_jobs = jobs.filtered(
            lambda job: job.state == FAILED and job.method_name not in RECORD_METHODS
        )
        if reasons:
            state = "incomplete"
        else:
            state = "failed" if self.failed or failed_jobs else "done"
        if not jobs:
            self._end_comparison()
        self.write(
            {
                "state": state,
                "incomplete_reason": "\n".join(reasons) or False,
                "date_start": self.date_start or Datetime.now(),
                "date_done": Datetime.now(),
                "queued": False,
                "open_key": False,
                "slot": False,
            }
        )
        if self.backend_ref:
            complete = not failed_jobs and not reasons
            self.backend_ref._on_sync_run_closed(self, complete)
        self._launch_next()

    def _incomplete_reasons(self, jobs) -> list[str]:
        """Return why records without a line may be missing."""
        reasons = [
            counter.incomplete_reason
            for counter in self.counter_ids.filtered("incomplete_reason")
        ]
        for job in jobs.filtered(lambda job: job.method_name in LIST_METHODS):
            if job.state == CANCELLED:
                reasons.append(
                    self.env._("A job was cancelled before it finished: %s", job.name)
                )
            elif "IncompleteListError" in (job.exc_name or ""):
                reasons.append(job.exc_message or job.exc_name)
        if self.comparison == "limited":
            reasons.append(self._limit_message())
        if not self.counter_ids and self.state == "pending" and not self._has_jobs():
            reasons.append(self.env._("The job was deleted before it ran."))
        if not reasons and not jobs and (missing := self._missing_pages()):
            reasons.append(self.env._("Unread pages: %s", missing))
        return list(dict.fromkeys(reasons))

    def _missing_pages(self) -> int:
        """Return the number of requested pages that were never read."""
        read = sum(self.counter_ids.mapped("pages_read"))
        requested = sum(self.counter_ids.mapped("pages_asked"))
        return max(1 + requested - read, 0) if read else 0

    def _has_jobs(self) -> bool:
        jobs = self.env["queue.job"]
        return bool(jobs.search_count([("sync_run_id", "=", self.id)], limit=1))

    def _watermark(self) -> str | None:
        """Return the cursor value of the newest record of this run."""
        declared = self._declared_flow()
        kind = declared.cursor_type if declared else None
        return cursor_value.latest(self.counter_ids.mapped("watermark"), kind)

    @api.model
    def _cron_settle(self) -> None:
        """Close runs left open by a crash after their last job.

        Also start runs queued behind a deleted run, and report unreported failures.
        """
        self.search([("state", "in", OPEN_RUN)])._settle()
        for run in self.search([("queued", "=", True), ("state", "in", OPEN_RUN)]):
            run._launch_next()
        self.env["connector.sync.line"]._report_unreported_jobs()
