from odoo.addons.component.core import Component


class KioskDeleter(Component):
    _name = "kiosk.deleter"
    _inherit = ["generic.import.deleter", "kiosk.base"]
    _apply_on = "kiosk.res.partner"
