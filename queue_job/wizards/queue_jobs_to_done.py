from odoo import models


class SetJobsToDone(models.TransientModel):
    _name = "queue.jobs.to.done"
    _inherit = "queue.requeue.job"
    _description = "Set all selected jobs to done"

    def set_done(self):
        """Consider the selected jobs as done."""
        self.job_ids.button_done()
        return {"type": "ir.actions.act_window_close"}
