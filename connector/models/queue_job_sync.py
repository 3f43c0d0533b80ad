from odoo import fields, models

from odoo.addons.queue_job.job import CANCELLED

from .connector_sync_run import CONTEXT_KEY


class QueueJob(models.Model):
    _inherit = "queue.job"

    sync_run_id = fields.Many2one(
        "connector.sync.run",
        "Synchronisation",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    def _message_post_on_failure(self):
        # Jobs that end well look after their run themselves; the work of these was
        # rolled back, and this is the one thing each failure does.
        self.sudo().sync_run_id._settle_after_commit()
        return super()._message_post_on_failure()

    def _change_job_state(self, state, result=None):
        if state == CANCELLED:
            self.sudo().sync_run_id._settle_after_commit()
        return super()._change_job_state(state, result=result)


class Base(models.AbstractModel):
    _inherit = "base"

    def _job_prepare_context_before_enqueue_keys(self):
        return (*super()._job_prepare_context_before_enqueue_keys(), CONTEXT_KEY)

    def _job_store_values(self, job):
        values = super()._job_store_values(job)
        run_id = job.recordset.env.context.get(CONTEXT_KEY)
        return {**values, "sync_run_id": run_id} if run_id else values
