"""A pantry with a server in the test process."""

from odoo.addons.connector.tests.common import ConnectorCase, FakeApi

GUEST, ORDER, LINE = "pantry.res.partner", "pantry.order", "pantry.order.line"
GUESTS, ORDERS, SHELVES = "/api/guests", "/api/orders", "/api/shelves"


class PantryCase(ConnectorCase):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(
            FakeApi(GUESTS, ORDERS, SHELVES, login="/api/login")
        )
        self.backend = self.env["pantry.backend"].create(
            {
                "name": "Pantry",
                "location": self.server.url,
                "username": self.server.username,
                "password": self.server.password,
            }
        )

    def guest(self, **values):
        """Add a guest to the server."""
        return self.server.add(GUESTS, **{"name": "Ada", "country": "be", **values})

    def order(self, guest, **values):
        """Add an order to the server."""
        values = {
            "number": "A1",
            "state": "open",
            "placed_at": "2026-01-31T12:00:00+02:00",
            "guest_id": guest["id"],
            **values,
        }
        return self.server.add(ORDERS, **values)

    def imported(self, model, record):
        """Import a record; return its binding."""
        self.env[model].import_record(self.backend, record["id"])
        return self.binding(model, record)

    def binding(self, model, record):
        with self.backend.work_on(model) as work:
            return work.component(usage="binder").to_internal(record["id"])

    def declare(self, definition, attribute, *entries):
        """Have a class declare another map for this test."""
        self.patch(definition, attribute, entries)
        usages = {"_import_map": "import.mapper", "_export_map": "export.mapper"}
        mapper = type(self.mapper(definition._name, usages[attribute]))
        mapper._declared_maps.clear()
        self.addCleanup(mapper._declared_maps.clear)

    def mapper(self, model, usage="import.mapper"):
        with self.backend.work_on(model) as work:
            return work.component(usage=usage)
