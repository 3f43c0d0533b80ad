"""Failure of a job: notifies users, and records when and where it failed."""

from odoo import api

from ...job import database_now
from ...job.text import place_of_error
from ..part import Part


class JobFailure(Part):
    _name = "queue.job"
    _register = False

    def _with_failure_details(self, vals):
        """Return ``vals`` of a failure with its date and location."""
        now = database_now(self.env.cr).replace(microsecond=0)
        details = {"date_failed": now}
        if vals.get("exc_info"):
            details["exc_place"] = self._place_of_error(vals["exc_info"])
        return {**details, **vals}

    @api.model
    def _place_of_error(self, traceback):
        """Return the innermost line of addon code in a traceback.

        :return: text such as ``connector/components/mapper.py:12 in map``, or False
        """
        return place_of_error(traceback) or False

    def _message_post_on_failure(self):
        """Subscribe the users to notify, and post a message about the failure."""
        for jobs in self.grouped("company_id").values():
            users = self.env["res.users"].search(jobs._subscribe_users_domain())
            jobs._tell_of_failure(users)

    def _tell_of_failure(self, managers):
        for job in self:
            users = managers
            if job._subscribe_job_creator():
                users |= job.user_id
            job.message_subscribe(partner_ids=users.partner_id.ids)
            message = job._message_failed_job()
            if message:
                job.message_post(body=message, subtype_xmlid="queue_job.mt_job_failed")

    def _subscribe_users_domain(self):
        """Return the domain of the users to notify of failures, as a list.

        By default the job queue managers with access to the company of the jobs.
        """
        group = self.env.ref("queue_job.group_queue_job_manager", False)
        if not group:
            return [(0, "=", 1)]
        domain = [("all_group_ids", "in", group.ids)]
        companies = self.company_id
        if companies:
            domain.append(("company_ids", "in", companies.ids))
        return domain

    @api.model
    def _subscribe_job_creator(self):
        """Tell whether the user of a job is notified of its failure."""
        return True

    def _message_failed_job(self):
        """Return the text posted on a failed job; nothing is posted when empty."""
        self.ensure_one()
        return self.env._(
            "The job failed. See the 'Exception Information' section for details."
        )
