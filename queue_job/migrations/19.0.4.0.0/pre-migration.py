"""The exponential backoff of job functions is a retry policy now."""

from odoo.tools import sql


def migrate(cr, version):
    if not version or not sql.column_exists(cr, "queue_job_function", "retry_backoff"):
        return
    cr.execute(
        """
        UPDATE queue_job_function
           SET retry_pattern = to_jsonb(jsonb_build_object(
                   'policy', 'exponential', 'base', retry_backoff,
                   'max', COALESCE(NULLIF(retry_backoff_max, 0), 3600))::text)
         WHERE retry_backoff > 0
        """
    )
    cr.execute(
        "ALTER TABLE queue_job_function "
        " DROP COLUMN retry_backoff, DROP COLUMN retry_backoff_max"
    )
