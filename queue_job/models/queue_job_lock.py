from odoo import fields, models


class QueueJobLock(models.Model):
    """A row for each job that ever started; a lock on it means the job is alive."""

    _name = "queue.job.lock"
    _description = "Queue Job Lock"

    queue_job_id = fields.Many2one(
        comodel_name="queue.job",
        required=True,
        ondelete="cascade",
        index=True,
    )
