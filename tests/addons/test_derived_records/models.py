from odoo import fields, models

from odoo.addons.connector.api import Flow, Resource


class MuseumBackend(models.Model):
    _name = "museum.backend"
    _inherit = "connector.backend.mixin"
    _description = "Museum"
    _connector_defaults = True
    _secret_fields = ("password", "api_key")

    country_id = fields.Many2one("res.country", "Country of the Museum")
    api_key = fields.Char(groups="connector.group_connector_manager")

    def _sync_flows(self):
        return [
            *super()._sync_flows(),
            Flow("cards", "Export Cards", "export", "museum.res.partner"),
            Flow("pieces", "Import Pieces", "import", "museum.piece"),
        ]


class MuseumBinding(models.AbstractModel):
    _name = "museum.binding"
    _inherit = "connector.binding"
    _description = "Museum Binding"

    backend_id = fields.Many2one("museum.backend", required=True, ondelete="cascade")
    external_id = fields.Char("Museum ID")


class MuseumPartner(models.Model):
    """A binding that contacts show to all users."""

    _name = "museum.res.partner"
    _inherit = "museum.binding"
    _inherits = {"res.partner": "odoo_id"}
    _description = "Museum Card"
    _resource = Resource("/cards")

    odoo_id = fields.Many2one("res.partner", required=True, ondelete="cascade")


class ResPartner(models.Model):
    _inherit = "res.partner"

    museum_bind_ids = fields.One2many("museum.res.partner", "odoo_id")


class MuseumPiece(models.Model):
    """A binding that binds no other record, with fields of another addon."""

    _name = "museum.piece"
    _inherit = ["museum.binding", "mail.thread.main.attachment"]
    _description = "Museum Piece"
    _resource = Resource("/pieces")

    name = fields.Char(required=True)
    value = fields.Monetary()
    currency_id = fields.Many2one("res.currency")
    style = fields.Selection([("old", "Old"), ("new", "New")])
    tag_ids = fields.Many2many("res.partner.category")


class MuseumTicket(models.Model):
    """A binding of which only the access is derived."""

    _name = "museum.ticket"
    _inherit = "museum.binding"
    _description = "Museum Ticket"
    _derived_records = frozenset({"access"})

    name = fields.Char()


class MuseumShop(models.Model):
    """A backend that does not opt in."""

    _name = "museum.shop"
    _inherit = "connector.backend.mixin"
    _description = "Museum Shop"
