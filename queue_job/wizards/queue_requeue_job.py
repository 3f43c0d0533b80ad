from odoo import fields, models


class QueueRequeueJob(models.TransientModel):
    _name = "queue.requeue.job"
    _description = "Wizard to requeue a selection of jobs"

    def _default_job_ids(self):
        if self.env.context.get("active_model") == "queue.job":
            return self.env.context.get("active_ids") or False
        return False

    job_ids = fields.Many2many(
        comodel_name="queue.job", string="Jobs", default=lambda r: r._default_job_ids()
    )

    def requeue(self):
        """Let the selected jobs run again."""
        self.job_ids.requeue()
        return {"type": "ir.actions.act_window_close"}
