from __future__ import annotations

from typing import Any

from odoo import models


class SetJobsToCancelled(models.TransientModel):
    _name = "queue.jobs.to.cancelled"
    _inherit = "queue.requeue.job"
    _description = "Cancel all selected jobs"

    _button = "button_cancelled"

    def set_cancelled(self) -> Any:
        """Cancel the jobs."""
        return self._press_button(self.env._("Jobs Cancelled"))
