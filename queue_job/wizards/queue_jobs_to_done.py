from __future__ import annotations

from typing import Any

from odoo import models


class SetJobsToDone(models.TransientModel):
    _name = "queue.jobs.to.done"
    _inherit = "queue.requeue.job"
    _description = "Set all selected jobs to done"

    _button = "button_done"

    def set_done(self) -> Any:
        """Set the jobs to done."""
        return self._press_button(self.env._("Jobs Set to Done"))
