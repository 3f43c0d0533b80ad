from odoo.addons.component.core import AbstractComponent, Component


class MuseumBase(AbstractComponent):
    _name = "museum.base"
    _inherit = "base.connector"
    _collection = "museum.backend"


class MuseumBinder(Component):
    _name = "museum.binder"
    _inherit = ["base.binder", "museum.base"]
    _apply_on = "museum.res.partner"


class MuseumPieceBinder(Component):
    _name = "museum.piece.binder"
    _inherit = ["base.binder", "museum.base"]
    _apply_on = ["museum.piece", "museum.ticket"]
    _odoo_field = "id"
