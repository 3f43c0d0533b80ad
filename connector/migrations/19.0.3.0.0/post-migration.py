"""Set the backend of sync run lines, jobs and deliveries."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    if not version:
        return
    complete_lines(cr)
    complete_jobs(cr)
    identify_deliveries(cr)
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = env.ref("connector.connector_sync_line_company_rule", False)
    if rule:
        rule.domain_force = (
            "['|', ('company_id', '=', False), ('company_id', 'in', company_ids)]"
        )


def complete_lines(cr):
    # One line per record: the latest.
    cr.execute(
        """
        UPDATE connector_sync_line line SET dismissed = true
          FROM (SELECT line.id, row_number() OVER (
                           PARTITION BY run.backend_model, run.backend_id, run.model,
                                        line.external_id
                           ORDER BY line.id DESC) AS nth
                  FROM connector_sync_line line
                  JOIN connector_sync_run run ON run.id = line.run_id
                 WHERE line.kind = 'failed' AND line.resolved IS NOT TRUE
                   AND line.external_id IS NOT NULL) told
         WHERE told.id = line.id AND told.nth > 1 AND line.backend_model IS NULL
        """
    )
    cr.execute(
        """
        UPDATE connector_sync_line line
           SET backend_model = run.backend_model, backend_id = run.backend_id,
               company_id = run.company_id, model = run.model,
               attempts = CASE WHEN line.kind = 'failed' THEN 1 ELSE 0 END,
               last_failure = CASE WHEN line.kind = 'failed'
                              THEN line.create_date END,
               is_job = line.kind = 'failed' AND line.external_id IS NULL
                        AND line.payload IS NULL
          FROM connector_sync_run run
         WHERE run.id = line.run_id AND line.backend_model IS NULL
        """
    )


def complete_jobs(cr):
    cr.execute(
        """
        UPDATE queue_job job
           SET connector_backend_model = run.backend_model,
               connector_backend_id = run.backend_id
          FROM connector_sync_run run
         WHERE run.id = job.sync_run_id AND job.connector_backend_id IS NULL
        """
    )


def identify_deliveries(cr):
    """Set the delivery ID, so that redeliveries are recognized."""
    cr.execute(
        """
        UPDATE connector_webhook_event
           SET delivery_id = encode(sha256(convert_to(
               COALESCE(topic, '') || E'\\n' || event_key || E'\\n'
               || COALESCE(payload, ''), 'UTF8')), 'hex')
         WHERE event_key IS NOT NULL AND delivery_id IS NULL
        """
    )
