from odoo import fields, models


class QueueJobLease(models.Model):
    """Jobs of one channel in the hand of one worker: one seat of that channel.

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
        readonly=True, help="Process of the database session that runs the jobs."
    )
    backend_start = fields.Float(
        readonly=True, help="When that session began, seconds since 1970."
    )
    death_reason = fields.Char(readonly=True, help="Why the worker was lost, if known.")
    job_id = fields.Integer(readonly=True, help="The job that runs, when it says so.")
    progress_done = fields.Float(readonly=True)
    progress_total = fields.Float(readonly=True)
    progress_message = fields.Char(readonly=True)
    stop_job_id = fields.Integer(readonly=True, help="The job that is to be stopped.")
    stop_by = fields.Char(readonly=True, help="Who asked for that.")
