from odoo.addons.connector.tests.common import (
    ConnectorCase,
    ExportContract,
    FakeApi,
    ImportContract,
)


class TestGuests(ImportContract, ExportContract, ConnectorCase):
    backend_model = "pantry.backend"
    import_model = export_model = "pantry.res.partner"
    unknown_value = {"country": "Atlantis"}

    def fake_server(self):
        return FakeApi("/api/guests", "/api/orders", login="/api/login")

    def example(self, number):
        return {"name": f"Guest {number}", "country": "be"}

    def record_to_export(self):
        return self.env["res.partner"].create({"name": "Ada"})

    def change_to_export(self, record):
        record.name = "Ada Lovelace"


class TestOrders(ImportContract, ConnectorCase):
    backend_model = "pantry.backend"
    import_model = "pantry.order"
    unknown_value = {"state": "eaten"}

    def fake_server(self):
        return FakeApi("/api/guests", "/api/orders", login="/api/login")

    def example(self, number):
        # The guest is imported first.
        guest = self.server.add("/api/guests", name=f"Guest {number}", country="be")
        return {
            "number": f"A{number}",
            "state": "open",
            "placed_at": "2026-01-31T12:00:00Z",
            "guest_id": guest["id"],
        }
