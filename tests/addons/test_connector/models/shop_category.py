from odoo import fields, models


class ShopResPartnerCategory(models.Model):
    _name = "shop.res.partner.category"
    _inherit = "external.binding"
    _inherits = {"res.partner.category": "odoo_id"}
    _description = "Shop Partner Category"

    odoo_id = fields.Many2one(
        comodel_name="res.partner.category", required=True, ondelete="cascade"
    )
    backend_id = fields.Many2one(comodel_name="shop.backend", required=True)
    # Some systems count from 0.
    external_id = fields.Integer()

    def import_record(self, backend, external_id, force=False):
        """Import a category of the shop"""

    def export_delete_record(self, backend, external_id):
        """Delete a category in the shop"""
