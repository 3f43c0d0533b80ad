from odoo import fields, models

from odoo.addons.connector.flow import Flow


class CanteenBackend(models.Model):
    """A system with a GraphQL API."""

    _name = "canteen.backend"
    _inherit = "connector.backend.mixin"
    _description = "Canteen"

    guest_ids = fields.One2many("canteen.res.partner", "backend_id")

    def _sync_flows(self):
        return [
            *super()._sync_flows(),
            Flow(
                "guests_in",
                "Import guests",
                "import",
                "canteen.res.partner",
                since="updatedSince",
                cursor_field="updatedAt",
            ),
        ]


class CanteenGuest(models.Model):
    _name = "canteen.res.partner"
    _inherit = "connector.binding"
    _inherits = {"res.partner": "odoo_id"}
    _description = "Canteen Guest"

    odoo_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
    backend_id = fields.Many2one("canteen.backend", required=True, ondelete="restrict")
    external_id = fields.Char(index=True, copy=False)

    _external_unique = models.UniqueIndex(
        "(backend_id, external_id) WHERE external_id IS NOT NULL",
        "Another guest is bound to this ID.",
    )
