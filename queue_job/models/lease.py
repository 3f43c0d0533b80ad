from odoo import fields, models


class QueueJobLease(models.Model):
    """Jobs of one channel leased to one worker; a lease uses one slot of the channel.

    The engine writes these rows; a lease ends with its worker.
    """

    _name = "queue.job.lease"
    _description = "Queue Job Lease"
    _log_access = False
    _rec_name = "channel"

    worker_id = fields.Many2one(
        "queue.job.worker", required=True, readonly=True, ondelete="cascade"
    )
    channel = fields.Char(required=True, readonly=True)
    date_start = fields.Datetime(string="Since", readonly=True)
    backend_pid = fields.Integer(
        string="Backend PID",
        readonly=True,
        help="Process ID of the database session that runs the jobs.",
    )
    backend_start = fields.Float(
        readonly=True, help="Start of that session, in seconds since 1970."
    )
    death_reason = fields.Char(
        string="Loss Reason", readonly=True, help="Why the worker was lost, if known."
    )
    job_id = fields.Integer(readonly=True, help="Running job, if it reports progress.")
    progress_done = fields.Float(readonly=True)
    progress_total = fields.Float(readonly=True)
    progress_message = fields.Char(readonly=True)
    stop_job_id = fields.Integer(readonly=True, help="Job to be stopped.")
    stop_by = fields.Char(
        string="Stop Requested By", readonly=True, help="User who requested the stop."
    )
