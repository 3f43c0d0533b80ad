from odoo import api, models


class MergePartners(models.TransientModel):
    """Merging contacts keeps one binding per backend, and records the others."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        # Odoo deletes records that a unique constraint prevents from being moved.
        self.env["connector.merged.binding"].sudo()._merge(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)
