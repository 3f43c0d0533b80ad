from odoo import fields, models

from odoo.addons.connector.flow import Flow


class KioskBackend(models.Model):
    """A system with a REST API, to test the contracts of connectors."""

    _name = "kiosk.backend"
    _inherit = "connector.backend.mixin"
    _description = "Kiosk"

    guest_ids = fields.One2many("kiosk.res.partner", "backend_id")

    def _check_connection(self) -> str:
        with self.work_on("kiosk.res.partner") as work:
            page = work.component(usage="backend.adapter").read_page()
        return f"{len(page.records)} guests"

    def _sync_flows(self):
        return [
            *super()._sync_flows(),
            Flow(
                "guests_in",
                "Import guests",
                "import",
                "kiosk.res.partner",
                since="updated_since",
            ),
        ]
