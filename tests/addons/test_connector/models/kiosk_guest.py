from odoo import fields, models


class KioskGuest(models.Model):
    _name = "kiosk.res.partner"
    _inherit = "connector.binding"
    _inherits = {"res.partner": "odoo_id"}
    _description = "Kiosk Guest"

    odoo_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
    backend_id = fields.Many2one("kiosk.backend", required=True, ondelete="restrict")
    external_id = fields.Char(index=True, copy=False)

    _external_unique = models.UniqueIndex(
        "(backend_id, external_id) WHERE external_id IS NOT NULL",
        "Another guest is bound to this id.",
    )
