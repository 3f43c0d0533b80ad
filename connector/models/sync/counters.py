from odoo import fields, models


class ConnectorSyncCounter(models.Model):
    """The counters that one transaction of one job adds to a run."""

    _name = "connector.sync.counter"
    _description = "Synchronization Counters"
    _log_access = False

    run_id = fields.Many2one(
        "connector.sync.run",
        "Synchronization",
        required=True,
        index=True,
        ondelete="cascade",
    )
    seen = fields.Integer("Processed")
    created = fields.Integer()
    updated = fields.Integer()
    unchanged = fields.Integer()
    skipped = fields.Integer()
    compared = fields.Integer()
    missing = fields.Integer()
    deleted = fields.Integer()
    # All pages together may hold millions.
    listed_ids = fields.Json(
        "Listed IDs",
        prefetch=False,
        help="The external IDs on one page of a list, until the run has compared them.",
    )
    watermark = fields.Char(help="Newest version among these records.")
    # Pages of lists that this job has read, and those it has requested.
    pages_read = fields.Integer()
    pages_asked = fields.Integer("Pages Requested")
    incomplete_reason = fields.Text(help="Why records may be missing.")
