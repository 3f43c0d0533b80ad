"""Explains why no worker takes a job that may start."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from .job_names import job_names

if TYPE_CHECKING:
    from odoo.api import Environment

#: Seconds after which "in a moment" is over: each worker has claimed again by then.
_MOMENT = 60


def no_worker(env: Environment, has_active_cron: bool) -> str:
    """Return what to do if no worker is alive."""
    if has_active_cron:
        return env._(
            "No worker is alive: a scheduled action runs the jobs once a minute. Add "
            "queue_job to server_wide_modules, or start a dedicated server with: "
            "ODOO_RC=odoo.conf odoo queue_worker"
        )
    return env._(
        "No worker is alive, and the scheduled action that runs jobs without workers "
        "is inactive. Activate it, add queue_job to server_wide_modules, or start a "
        "dedicated server with: ODOO_RC=odoo.conf odoo queue_worker"
    )


def busy_workers(
    env: Environment,
    workers: list[tuple],
    waited: float,
    moment: Callable[[datetime], str],
) -> str:
    """Return why no worker has taken a job that may start.

    :param workers: a row for each live one: uuid and name of its job and the start of
        that job, the oldest first; None for a worker without job
    :param waited: seconds for which the job has been ready
    :param moment: formats a date
    """
    if not all(uuid for uuid, *_rest in workers):
        if waited > _MOMENT:
            return env._(
                "Not blocked, but not taken by a worker yet: the workers may be busy "
                "in other databases"
            )
        return env._("Not blocked; starts shortly")
    since = moment(workers[0][2])
    if len(workers) == 1:
        return env._(
            "The only worker has been busy with %(jobs)s since %(moment)s",
            jobs=job_names(workers),
            moment=since,
        )
    return env._(
        "All %(count)s workers are busy with %(jobs)s, the oldest since %(moment)s",
        count=len(workers),
        jobs=job_names(workers),
        moment=since,
    )
