from odoo import models


class SetJobsToDone(models.TransientModel):
    _name = "queue.jobs.to.done"
    _inherit = "queue.requeue.job"
    _description = "Set all selected jobs to done"

    _button = "button_done"

    def set_done(self):
        """Set the jobs to done."""
        return self._press_button(self.env._("Set to Done"))
