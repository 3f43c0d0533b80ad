from odoo import api, fields, models


class ConnectorConnect(models.TransientModel):
    """Wizard to choose the system to connect."""

    _name = "connector.connect"
    _description = "Connect a System"

    kind = fields.Selection("_select_kind", "System", required=True)

    @api.model
    def _select_kind(self) -> list[tuple[str, str]]:
        return self.env["connector.backend.overview"]._connectable()

    def action_connect(self) -> dict:
        """Open the form of a new backend."""
        self.ensure_one()
        return self.env["connector.backend.overview"]._new_backend(self.kind)
