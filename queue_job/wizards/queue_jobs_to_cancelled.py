from odoo import models


class SetJobsToCancelled(models.TransientModel):
    _name = "queue.jobs.to.cancelled"
    _inherit = "queue.requeue.job"
    _description = "Cancel all selected jobs"

    _button = "button_cancelled"

    def set_cancelled(self):
        """Cancel the jobs."""
        return self._press_button(self.env._("Cancelled"))
