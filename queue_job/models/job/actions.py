"""User actions on jobs: requeue, cancel, set to done, open related records."""

from __future__ import annotations

from typing import Any

from odoo.exceptions import UserError

from ...engine.run.job_code import job_code
from ...exception import UndecodableJobError
from ...job import CANCELLED, DONE, PENDING, Job
from ...job.loading import LOADING_ERRORS
from ...job.states import CANCEL, REQUEUE, SET_DONE
from ..part import Part


class JobActions(Part):
    _name = "queue.job"
    _register = False

    def button_done(self) -> bool:
        """Set jobs to done without running them, and release their dependents."""
        result = self.env._("Manually set to done by %s", self.env.user.name)
        self._allowed(SET_DONE)._change_job_state(DONE, result=result)
        return True

    def button_cancelled(self) -> bool:
        """Cancel jobs and their dependents."""
        result = self.env._("Cancelled by %s", self.env.user.name)
        for job in self._allowed(CANCEL):
            # already cancelled if it depends on another job of the selection
            if job.state in CANCEL.sources:
                job._change_job_state(CANCELLED, result=result)
        return True

    def requeue(self) -> Any:
        """Run finished jobs again."""
        self._allowed(REQUEUE)._change_job_state(PENDING)
        return True

    def open_related_action(self) -> dict[str, Any] | None:
        """Run the related action of the job."""
        self.ensure_one()
        try:
            job = Job.load(self.env, self.uuid)
        except UndecodableJobError as error:
            raise UserError(
                self.env._(
                    "The job cannot be decoded, so its related record is unknown: "
                    "%(error)s",
                    error=error,
                )
            ) from error
        except LOADING_ERRORS as error:
            raise UserError(
                self.env._(
                    "The job calls %(call)s, which does not exist: %(error)s",
                    call=self.channel_method_name or self.func_string,
                    error=error,
                )
            ) from error
        with job_code():
            action = job.related_action()
        if action is None:
            raise UserError(self.env._("No action available for this job"))
        return action

    def open_graph_jobs(self) -> dict[str, Any]:
        """Open the list of the jobs of the same graph."""
        self.ensure_one()
        jobs = self.env["queue.job"].search([("graph_uuid", "=", self.graph_uuid)])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "queue_job.action_queue_job"
        )
        action.update(
            {
                "name": self.env._("Jobs for graph %s", self.graph_uuid),
                "context": {},
                "domain": [("id", "in", jobs.ids)],
            }
        )
        return action

    def related_action_open_record(self) -> dict[str, Any] | None:
        """Return the action that opens the records of the job, None if it has none."""
        self.ensure_one()
        records = self.records.exists()
        if not records:
            return None
        action = {
            "name": self.env._("Related Record"),
            "type": "ir.actions.act_window",
            "view_mode": "form",
            "res_model": records._name,
        }
        if len(records) == 1:
            action["res_id"] = records.id
        else:
            action.update(
                {
                    "name": self.env._("Related Records"),
                    "view_mode": "list,form",
                    "domain": [("id", "in", records.ids)],
                }
            )
        return action
