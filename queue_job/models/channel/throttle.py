from odoo import fields, models


class QueueJobThrottle(models.Model):
    """Last start of a job in a throttled channel; the engine writes these rows."""

    _name = "queue.job.throttle"
    _description = "Queue Job Throttle"
    _log_access = False
    _rec_name = "channel"

    channel = fields.Char(required=True, readonly=True)
    last_start = fields.Datetime(readonly=True)

    _channel_uniq = models.Constraint(
        "UNIQUE(channel)", "The throttle record of a channel must be unique."
    )
