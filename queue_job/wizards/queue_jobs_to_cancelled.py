from odoo import models


class SetJobsToCancelled(models.TransientModel):
    _name = "queue.jobs.to.cancelled"
    _inherit = "queue.requeue.job"
    _description = "Cancel all selected jobs"

    def set_cancelled(self):
        """Cancel the selected jobs."""
        self.job_ids.button_cancelled()
        return {"type": "ir.actions.act_window_close"}
