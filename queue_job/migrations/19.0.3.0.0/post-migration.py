"""Completes rows of older versions."""

import logging

from odoo import SUPERUSER_ID, api

_logger = logging.getLogger(__name__)

#: Failed jobs handled per batch.
_BATCH = 1000

_OLD_CRONS = (
    "queue_job.ir_cron_queue_job_garbage_collector",
    "queue_job.ir_cron_autovacuum_queue_jobs",
)


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    date_failures(env)
    merge_functions(cr)
    for xmlid in _OLD_CRONS:
        cron = env.ref(xmlid, raise_if_not_found=False)
        if cron:
            cron.unlink()
    env.registry.clear_cache()


def date_failures(env):
    """Set the date and location of the failure of failed jobs."""
    cr = env.cr
    cr.execute(
        """
        UPDATE queue_job
           SET date_failed = COALESCE(date_started, date_enqueued, date_created)
         WHERE state = 'failed' AND date_failed IS NULL
        """
    )
    last_id = 0
    while True:
        cr.execute(
            """
            SELECT id, exc_info FROM queue_job
             WHERE state = 'failed' AND exc_place IS NULL AND exc_info IS NOT NULL
               AND id > %s
             ORDER BY id LIMIT %s
            """,
            (last_id, _BATCH),
        )
        rows = cr.fetchall()
        if not rows:
            return
        for job_id, exc_info in rows:
            place = env["queue.job"]._place_of_error(exc_info) or None
            cr.execute(
                "UPDATE queue_job SET exc_place = %s WHERE id = %s", (place, job_id)
            )
        last_id = rows[-1][0]


def merge_functions(cr):
    """Keep one job function per method: the oldest, which always took precedence."""
    cr.execute(
        """
        SELECT min(id), array_agg(id ORDER BY id), name
          FROM queue_job_function
         WHERE name != ''
         GROUP BY name
        HAVING count(*) > 1
        """
    )
    for kept, ids, name in cr.fetchall():
        duplicates = [function_id for function_id in ids if function_id != kept]
        cr.execute(
            """
            UPDATE ir_model_data SET res_id = %s
             WHERE model = 'queue.job.function' AND res_id = ANY(%s)
            """,
            (kept, duplicates),
        )
        cr.execute(
            "UPDATE queue_job SET job_function_id = %s WHERE job_function_id = ANY(%s)",
            (kept, duplicates),
        )
        cr.execute("DELETE FROM queue_job_function WHERE id = ANY(%s)", (duplicates,))
        _logger.info("Job functions merged: name=%s records=%s", name, len(ids))
