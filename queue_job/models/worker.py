from odoo import fields, models


class QueueJobWorker(models.Model):
    """A live worker; the engine writes these rows."""

    _name = "queue.job.worker"
    _description = "Queue Job Worker"
    _log_access = False
    _order = "node, pid, slot"
    _rec_name = "node"

    node = fields.Char(string="Host", readonly=True)
    pid = fields.Integer(string="Process", readonly=True)
    kind = fields.Char(string="Type", readonly=True, help="Type of the process.")
    slot = fields.Integer(readonly=True, help="Number of the worker in its process.")
    date_start = fields.Datetime(string="Since", readonly=True)
    heartbeat = fields.Datetime(string="Last Heartbeat", readonly=True)
    idle = fields.Boolean(readonly=True, help="The worker is waiting for jobs.")
