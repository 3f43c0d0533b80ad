"""A route that creates test jobs."""

from __future__ import annotations

import random
from typing import Any

from werkzeug.exceptions import BadRequest, Forbidden

from odoo import http
from odoo.http import request

from ..delay import chain, group


def _number(kind, text, default):
    try:
        return kind(text)
    except (TypeError, ValueError):
        return default


class TestJobs:
    """Creates one test job, or a random graph of them."""

    # Maximum number of jobs of one chain or group of a random graph.
    TEST_GRAPH_MAX_PER_GROUP = 5

    @http.route("/queue_job/create_test_job", type="http", auth="user")
    def create_test_job(
        self,
        priority: int | None = None,
        max_retries: int | None = None,
        channel: str | None = None,
        description: str = "Test job",
        size: int = 1,
        failure_rate: float = 0,
        job_duration: float = 0,
        commit_within_job: bool = False,
        failure_retry_seconds: Any = 0,
    ) -> str:
        """Create ``size`` test jobs; the response is the uuid of the job or its graph.

        :raises Forbidden: for users who may not manage access rights
        :raises BadRequest: for a failure rate outside 0..1
        """
        if not request.env.user.has_group("base.group_erp_manager"):
            raise Forbidden(request.env._("Access Denied"))
        self._refuse_other_sites()
        failure_rate = _number(float, failure_rate, 0)
        if not 0 <= failure_rate <= 1:
            raise BadRequest(
                request.env._(
                    "failure_rate must be between 0 and 1, not %s", failure_rate
                )
            )
        size = _number(int, size, 1)
        values = {
            "priority": _number(int, priority, None),
            "max_retries": _number(int, max_retries, None),
            "channel": channel,
            "description": description,
            "failure_rate": failure_rate,
            "job_duration": _number(float, job_duration, 0),
            "commit_within_job": commit_within_job,
            "failure_retry_seconds": _number(int, failure_retry_seconds, 0),
        }
        if size == 1:
            return self._create_single_test_job(**values)
        if size > 1:
            return self._create_graph_test_jobs(size, **values)
        return ""

    @staticmethod
    def _refuse_other_sites():
        """Prevent pages of other sites from creating jobs by a link or an image.

        URLs entered by users and scripts keep working with GET.
        """
        if request.httprequest.headers.get("Sec-Fetch-Site", "none") not in (
            "none",
            "same-origin",
        ):
            raise Forbidden(
                request.env._("Open this URL directly, not from another site.")
            )

    def _create_single_test_job(
        self,
        priority=None,
        max_retries=None,
        channel=None,
        description="Test job",
        size=1,
        failure_rate=0,
        job_duration=0,
        commit_within_job=False,
        failure_retry_seconds=0,
    ):
        delayed = (
            request.env["queue.job"]
            .with_delay(
                priority=priority,
                max_retries=max_retries,
                channel=channel,
                description=description,
            )
            ._test_job(
                failure_rate=failure_rate,
                job_duration=job_duration,
                commit_within_job=commit_within_job,
                failure_retry_seconds=failure_retry_seconds,
            )
        )
        return f"job uuid: {delayed.uuid}"

    def _create_graph_test_jobs(
        self,
        size,
        priority=None,
        max_retries=None,
        channel=None,
        description="Test job",
        failure_rate=0,
        job_duration=0,
        commit_within_job=False,
        failure_retry_seconds=0,
    ):
        model = request.env["queue.job"]
        tails = []
        made = 0
        root = None
        while made < size:
            count = random.randint(1, min(self.TEST_GRAPH_MAX_PER_GROUP, size - made))
            jobs = []
            for _number_in_group in range(count):
                jobs.append(
                    model.delayable(
                        priority=priority,
                        max_retries=max_retries,
                        channel=channel,
                        description=f"{description} #{made}",
                    )._test_job(
                        failure_rate=failure_rate,
                        job_duration=job_duration,
                        commit_within_job=commit_within_job,
                        failure_retry_seconds=failure_retry_seconds,
                    )
                )
                made += 1
            grouping = random.choice((chain, group))(*jobs)
            if root is None:
                root = grouping
            else:
                random.choice(tails).on_done(grouping)
            tails.append(grouping)
        root.delay()
        return f"graph uuid: {jobs[0]._generated_job.graph_uuid}"
