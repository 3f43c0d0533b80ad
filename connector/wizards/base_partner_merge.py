from odoo import api, models


class MergePartners(models.TransientModel):
    """Merging contacts leaves one binding to each backend, and notes the others."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        # Odoo deletes what a unique constraint keeps from being moved.
        self.env["connector.merged.binding"].sudo()._merge(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)
