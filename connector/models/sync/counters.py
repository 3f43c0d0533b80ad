from odoo import fields, models


class ConnectorSyncCounter(models.Model):
    """What one transaction of one job adds to the counts of a run."""

    _name = "connector.sync.counter"
    _description = "Part of the counts of a synchronisation"
    _log_access = False

    run_id = fields.Many2one(
        "connector.sync.run", required=True, index=True, ondelete="cascade"
    )
    seen = fields.Integer()
    created = fields.Integer()
    updated = fields.Integer()
    unchanged = fields.Integer()
    skipped = fields.Integer()
    watermark = fields.Char(help="How new the newest of these records is.")
    # Pages of lists that this job has read, and those it asked for.
    pages_read = fields.Integer()
    pages_asked = fields.Integer()
    incomplete_reason = fields.Text(help="Why records may be missing.")
