import logging
from datetime import timedelta

from odoo import api, fields, models

_logger = logging.getLogger(__name__)


class ConnectorQueueLatencyAlert(models.AbstractModel):
    """A backend that acts when jobs wait too long for a worker.

    Inherit it beside ``connector.backend.mixin``, and act in ``_on_queue_latency``.
    The latency of the queue is how long the oldest job waits that could run, had a
    worker time for it.
    """

    _name = "connector.queue.latency.alert"
    _description = "Backend with Queue Latency Alert"

    latency_alert_minutes = fields.Integer(
        "Alert After",
        help="Send an alert when the oldest job has been waiting for this many "
        "minutes. 0: never.",
    )
    latency_alert_interval = fields.Integer(
        "At Most Once Every",
        default=60,
        help="Minimum number of minutes between two alerts.",
    )
    latency_alert_last = fields.Datetime("Last Alert", readonly=True, copy=False)

    _latency_alert_minutes_not_negative = models.Constraint(
        "CHECK (latency_alert_minutes >= 0)",
        "The number of minutes cannot be negative.",
    )
    _latency_alert_interval_positive = models.Constraint(
        "CHECK (latency_alert_interval > 0)",
        "The interval between two alerts must be at least one minute.",
    )

    def _on_queue_latency(self, minutes: int) -> None:
        """Handle the alert, in the transaction that records it: preferably with a job.

        :param minutes: how long the oldest job has been waiting
        """
        raise NotImplementedError

    @api.model
    def _cron_watch_queue(self) -> None:
        """Send the due alerts (the scheduled action)."""
        waited = int(self.env["queue.job"]._longest_wait() // 60)
        if not waited:
            return
        for name in self.pool.descendants([self._name], "_inherit"):
            if not self.env[name]._abstract:
                for backend in self.env[name].search(
                    [("latency_alert_minutes", ">", 0)]
                ):
                    backend._send_alert(waited)

    def _send_alert(self, waited: int) -> None:
        """Send the alert if it is due, each backend in a separate transaction."""
        now = fields.Datetime.now()
        rest = timedelta(minutes=self.latency_alert_interval)
        if waited < self.latency_alert_minutes or (
            self.latency_alert_last and now < self.latency_alert_last + rest
        ):
            return
        try:
            with self.env.cr.savepoint():
                self.latency_alert_last = now
                self.with_company(self.company_id)._on_queue_latency(waited)
        except Exception:
            _logger.exception("queue latency alert failed: backend=%s", self)
        self.env["ir.cron"]._commit_progress(1)
