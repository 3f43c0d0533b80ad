"""The contracts of connectors, applied to a kiosk."""

from odoo.addons.connector.tests.common import (
    ConnectorCase,
    ExportContract,
    FakeApi,
    ImportContract,
    WebhookContract,
)


class KioskContract(ImportContract, ExportContract, WebhookContract, ConnectorCase):
    backend_model = "kiosk.backend"
    import_model = export_model = "kiosk.res.partner"
    unknown_value = {"country": "Atlantis"}

    def fake_server(self):
        return FakeApi("/api/guests")

    def example(self, number):
        return {"name": f"Guest {number}", "country": "BE"}

    def record_to_export(self):
        return self.env["res.partner"].create({"name": "Ada"})

    def change_to_export(self, record):
        record.name = "Ada Lovelace"

    def webhook_body(self, record):
        return {"id": "event-1", "guest": record}
