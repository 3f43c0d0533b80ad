"""Jobs that failed as a whole, with or without a run."""

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.queue_job.job import CANCELLED, DONE

from ...components.http.redaction import mask
from ...database import UTC_NOW
from .line import OPEN_FAILURE, RECORD_METHODS
from .run_lifecycle import LIST_METHODS

_MOST_AT_ONCE = 1000


class ConnectorSyncLine(models.Model):
    _inherit = "connector.sync.line"

    @api.model
    def _report_failed_jobs(self, run, jobs) -> None:
        """Report the failed and cancelled jobs of a run, each once."""
        reported = self.search([("run_id", "=", run.id), ("job_uuid", "!=", False)])
        self._resolve_done(reported)
        failures = []
        for job in jobs:
            is_list = job.method_name in LIST_METHODS
            incomplete = "IncompleteListError" in (job.exc_name or "")
            if is_list and (job.state == CANCELLED or incomplete):
                # Reported by the run itself.
                continue
            values = {**self._of_run(run), **self._of_job(job)}
            same = reported.filtered(
                lambda line, job=job: (
                    line.job_uuid == job.uuid and line.last_failure == job.date_failed
                )
            )
            if not same:
                failures.append(values)
        self._record_failures(failures)

    @api.model
    def _supersede(self, run) -> None:
        """Resolve the lists that earlier runs of the flow could not read.

        This run has read them again, and reports the result itself.
        """
        earlier = self.search(
            [
                *OPEN_FAILURE,
                ("is_job", "=", True),
                ("record_id", "=", False),
                *run._same_backend_domain(),
                ("model", "=", run.model),
                ("run_id", "<", run.id),
                ("run_id.flow", "=", run.flow),
                ("run_id.direction", "=", run.direction),
            ]
        )
        earlier.resolved = True

    def _resolve_done(self, lines) -> None:
        """Resolve the failed jobs that have succeeded since."""
        lines = lines.filtered_domain([*OPEN_FAILURE, ("is_job", "=", True)])
        done = self.env["queue.job"].search(
            [("uuid", "in", lines.mapped("job_uuid")), ("state", "=", DONE)]
        )
        uuids = set(done.mapped("uuid"))
        lines.filtered(lambda line: line.job_uuid in uuids).resolved = True

    @api.model
    def _of_job(self, job) -> dict:
        """Return the values of a line for a job that failed."""
        why = job.exc_message or job.result or job.exc_name or ""
        values = {"job_uuid": job.uuid, "last_failure": job.date_failed or False}
        external_id = self._external_id_of(job)
        if external_id is not None:
            return {
                **values,
                # A run may import records of other models as dependencies.
                "model": job.model_name,
                "external_id": external_id,
                "reason": mask(why),
            }
        return {
            **values,
            "is_job": True,
            "reason": mask(f"{job.name}: {why}"),
            **self._link(self._subject(job)),
        }

    @api.model
    def _external_id_of(self, job):
        """Return the ID of the one record that a job imports, ``None`` for others."""
        is_of_record = job.method_name in RECORD_METHODS
        return (job.connector_external_id or None) if is_of_record else None

    @api.model
    def _subject(self, job):
        """Return the single record that a job processes, ``None`` if there is none."""
        known = job.connector_record_model in self.env and job.connector_record_id
        return self.env[job.connector_record_model].browse(known) if known else None

    # -- jobs without a run: those of listeners and webhooks

    @api.model
    def _report_standalone_job(self, job) -> None:
        """Report a failed job without a run."""
        self.env.cr.execute(
            SQL(
                "UPDATE queue_job SET connector_failure_reported = %s WHERE id = %s",
                UTC_NOW,
                job.id,
            )
        )
        job.invalidate_recordset(["connector_failure_reported"], flush=False)
        backend = job._connector_backend()
        if not backend:
            return
        values = self._outside_of_runs(backend)
        values["company_id"] = values["company_id"] or job.company_id.id
        values["model"] = job.model_name
        self._record_failures([{**values, **self._of_job(job)}])

    @api.model
    def _report_unreported_jobs(self) -> None:
        """Report jobs that failed because their worker died."""
        self.env["queue.job"].flush_model()
        self.flush_model()
        self.env.cr.execute(
            """
            SELECT job.id FROM queue_job job
             WHERE job.state = 'failed' AND job.connector_backend_id IS NOT NULL
               AND job.sync_run_id IS NULL
               AND (job.connector_failure_reported IS NULL
                    OR job.connector_failure_reported < job.date_failed)
             ORDER BY job.id LIMIT %s
            """,
            [_MOST_AT_ONCE],
        )
        for (job_id,) in self.env.cr.fetchall():
            self._report_standalone_job(self.env["queue.job"].browse(job_id))

    @api.model
    def _close_job_failure(self, job, well: bool) -> None:
        """Update the failure of a job without a run that is requeued, or has ended.

        :param well: whether it was set to done
        """
        lines = self.search(
            [*OPEN_FAILURE, ("job_uuid", "=", job.uuid), ("run_id", "=", False)]
        )
        lines.write({"resolved": True} if well else {"dismissed": True})
