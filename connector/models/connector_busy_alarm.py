import logging
from datetime import timedelta

from odoo import api, fields, models

_logger = logging.getLogger(__name__)


class ConnectorBusyAlarm(models.AbstractModel):
    """A backend that acts on queue latency alerts.

    Inherit it in addition to ``connector.backend.mixin``, and implement ``_on_busy``.
    The queue latency is the time for which the oldest job has been waiting for a free
    worker.
    """

    _name = "connector.busy.alarm"
    _description = "Backend with Queue Latency Alert"

    busy_minutes = fields.Integer(
        "Alert After",
        help="Send an alert when the oldest job has been waiting for this many "
        "minutes. 0: never.",
    )
    busy_interval = fields.Integer(
        "At Most Once Every",
        default=60,
        help="Minimum number of minutes between two alerts.",
    )
    busy_last = fields.Datetime("Last Alert", readonly=True, copy=False)

    _busy_minutes_not_negative = models.Constraint(
        "CHECK (busy_minutes >= 0)", "The number of minutes cannot be negative."
    )
    _busy_interval_positive = models.Constraint(
        "CHECK (busy_interval > 0)",
        "The interval between two alerts must be at least one minute.",
    )

    def _on_busy(self, minutes: int) -> None:
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
                for backend in self.env[name].search([("busy_minutes", ">", 0)]):
                    backend._alarm(waited)

    def _alarm(self, waited: int) -> None:
        """Send the alert if it is due, each backend in a separate transaction."""
        now = fields.Datetime.now()
        rest = timedelta(minutes=self.busy_interval)
        if waited < self.busy_minutes or (
            self.busy_last and now < self.busy_last + rest
        ):
            return
        try:
            with self.env.cr.savepoint():
                self.busy_last = now
                self.with_company(self.company_id)._on_busy(waited)
        except Exception:
            _logger.exception("queue latency alert failed: backend=%s", self)
        self.env["ir.cron"]._commit_progress(1)
