import json
import logging
from typing import Any

from odoo import api, fields, models
from odoo.tools import SQL

from ...components.http.redaction import mask
from ...components.webhook.receiver import Delivery

# Days for which deliveries are kept, and redeliveries recognized.
KEPT_DAYS = 30
_GC_BATCH = 10_000

_logger = logging.getLogger(__name__)


class ConnectorWebhookEvent(models.Model):
    """A received webhook delivery, processed by a job."""

    _name = "connector.webhook.event"
    _description = "Webhook Delivery"
    _order = "id desc"
    _rec_name = "topic"

    endpoint_id = fields.Many2one(
        "connector.webhook.endpoint",
        "Webhook",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="endpoint_id.company_id")
    event_key = fields.Char("Event ID", readonly=True)
    delivery_id = fields.Char(
        "Delivery ID", readonly=True, help="Deliveries with the same ID are ignored."
    )
    topic = fields.Char(readonly=True)
    payload = fields.Text("Content", readonly=True)
    create_date = fields.Datetime("Received", readonly=True, index=True)
    job_id = fields.Many2one(
        "queue.job",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    state = fields.Selection(related="job_id.state")
    reason = fields.Text(
        compute="_compute_reason", help="Why the delivery failed or is on hold."
    )

    _once = models.UniqueIndex(
        "(endpoint_id, delivery_id) WHERE delivery_id IS NOT NULL",
        "This event was already delivered.",
    )

    @api.depends("job_id.state", "job_id.exc_message", "job_id.result")
    def _compute_reason(self):
        for event in self:
            # Users who see deliveries may not have access to all jobs.
            job = event.sudo().job_id
            why = job.state == "failed" and (job.exc_message or job.exc_name)
            waits = job.state == "pending" and job.result
            event.reason = mask(why or waits or "") or False

    @api.model
    def _store(
        self,
        endpoint,
        delivery: Delivery,
        event_key: str | None,
        topic: str,
        delivery_id: str | None,
    ) -> "ConnectorWebhookEvent":
        """Store a delivery; return an empty record if it is a redelivery.

        Concurrent deliveries: the second waits for the first, on the unique index.
        """
        text = delivery.body.decode("utf-8", "replace").replace("\x00", "\ufffd")
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO connector_webhook_event
                       (endpoint_id, event_key, topic, payload, delivery_id,
                        create_date)
                VALUES (%s, %s, %s, %s, %s, now() AT TIME ZONE 'UTC')
                    ON CONFLICT (endpoint_id, delivery_id)
                 WHERE delivery_id IS NOT NULL
                    DO NOTHING
                RETURNING id
                """,
                endpoint.id,
                event_key,
                topic,
                text,
                delivery_id,
            )
        )
        row = self.env.cr.fetchone()
        return self.browse(row[0] if row else ())

    def _job_backend(self, job):
        return self.sudo().endpoint_id.backend_ref if len(self) == 1 else None

    def _delay(self) -> None:
        """Delay the job that processes it, in the name of the endpoint's user."""
        self.ensure_one()
        endpoint = self.endpoint_id
        event = self.with_env(endpoint._backend_of_jobs().env)
        description = self.env._(
            "%(backend)s: %(topic)s",
            backend=endpoint.display_name,
            topic=self.topic or self._description,
        )
        job = event.with_delay(description=description)._work()
        self.job_id = job.db_record()

    def _work(self) -> Any:
        """Process the event (the job)."""
        event = self.sudo().exists()
        if not event:
            return self.env._("The delivery was deleted.")
        # As in imports: the access rights of the backend, not those of a user.
        backend = event.endpoint_id.backend_ref.with_env(self.env).sudo().exists()
        if not backend:
            return self.env._("The backend was deleted.")
        with backend.work_on(self._name) as work:
            return work.component(usage="webhook.receiver").receive(event)

    def content(self) -> Any:
        """Return the content, decoded from JSON.

        :raise ValueError: it is not JSON
        """
        return json.loads(self.payload)

    def action_work_again(self) -> None:
        """Process the delivery again in a new job."""
        self.check_access("write")
        for event in self.sudo():
            event._delay()

    @api.autovacuum
    def _gc_events(self):
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEPT_DAYS)
        old = self.search(
            [
                ("create_date", "<", limit),
                "|",
                ("job_id", "=", False),
                ("job_id.state", "in", ("done", "cancelled", "failed")),
            ],
            limit=_GC_BATCH,
            order="id",
        )
        old.unlink()
        return len(old), len(old) == _GC_BATCH
