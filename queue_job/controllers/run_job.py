"""A route that runs one job immediately."""

from __future__ import annotations

from typing import Any

from werkzeug.exceptions import Forbidden

from odoo import SUPERUSER_ID, http
from odoo.http import request

from ..engine.copies.identity import read_status
from ..engine.copies.messages import copy_message
from ..engine.run.job_code import job_code


class RunJob:
    """For job queue managers without a worker; workers do not use it."""

    @http.route(
        "/queue_job/runjob",
        type="http",
        auth="user",
        methods=["POST"],
        save_session=False,
        readonly=False,
    )
    def runjob(self, job_uuid: str, **kw: Any) -> str:
        """Run the enqueued job ``job_uuid``; the response is empty.

        :raises Forbidden: for users who are not job queue managers, and in a database
            copy whose jobs are held
        """
        if not request.env.user.has_group("queue_job.group_queue_job_manager"):
            raise Forbidden(request.env._("Access Denied"))
        status = read_status(request.env.cr)
        if status.is_held:
            raise Forbidden(copy_message(request.env, status))
        env = request.env(user=SUPERUSER_ID)
        with job_code():
            job = self._acquire_job(env, job_uuid)
            if job:
                self._runjob(env, job)
        return ""
