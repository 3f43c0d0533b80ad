"""Old jobs leave the table."""

from odoo import models


class QueueJob(models.Model):
    _inherit = "queue.job"
