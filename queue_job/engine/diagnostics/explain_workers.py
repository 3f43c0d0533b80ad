"""What a job waits for that waits for nothing but a worker."""

from collections.abc import Callable
from datetime import datetime

from .job_names import job_names

#: Seconds after which "in a moment" is over: each worker has claimed again by then.
_MOMENT = 60


def no_worker(env, has_active_cron: bool) -> str:
    """Return what there is to do where no worker is alive."""
    if has_active_cron:
        return env._(
            "No worker is alive: a scheduled action runs the jobs once a "
            "minute. Add queue_job to server_wide_modules, or start a node "
            "with: ODOO_RC=odoo.conf odoo queue_worker"
        )
    return env._(
        "No worker is alive, and the scheduled action that runs jobs without one is "
        "not active. Activate it, add queue_job to server_wide_modules, or start a "
        "node with: ODOO_RC=odoo.conf odoo queue_worker"
    )


def busy_workers(
    env, workers: list[tuple], waited: float, moment: Callable[[datetime], str]
) -> str:
    """Return why no worker takes a job that may start.

    :param workers: a row for each living one: uuid and name of the job that it has,
        and since when, the oldest first; None for one that has none
    :param waited: for how many seconds the job has been ready
    :param moment: formats a date
    """
    if not all(uuid for uuid, *_rest in workers):
        if waited > _MOMENT:
            return env._(
                "Nothing blocks it, but no worker has taken it yet: they may be busy "
                "in other databases of their servers"
            )
        return env._("Nothing is in its way: it starts in a moment")
    since = moment(workers[0][2])
    if len(workers) == 1:
        return env._(
            "The only worker is busy with %(jobs)s, since %(moment)s",
            jobs=job_names(workers),
            moment=since,
        )
    return env._(
        "All %(count)s workers are busy with %(jobs)s, the oldest since %(moment)s",
        count=len(workers),
        jobs=job_names(workers),
        moment=since,
    )
