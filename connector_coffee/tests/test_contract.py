"""Failures of coffee machines; see the inherited classes."""

from odoo.addons.connector.tests.common import (
    ConnectorCase,
    ExportContract,
    FakeApi,
    ImportContract,
    WebhookContract,
)

UNKNOWN_PRICE = {"price": {"amount": 120, "currency": "XQQ"}}


class Machine:
    """The description of a coffee machine for the contracts."""

    backend_model = "coffee.backend"

    def fake_server(self):
        return FakeApi(
            *("/api/recipes", "/api/badges", "/api/brews"),
            login="/api/login",
            responses={
                "/api/info": {
                    "vendor": "Contract",
                    "model": "Barista",
                    "serial": "1",
                    "firmware": 2,
                }
            },
        )

    def recipe(self, number):
        return {
            "name": f"Coffee {number}",
            "price": {"amount": 120, "currency": "EUR"},
            "brewing": {"strength": 7, "volume_ml": 30},
            "active": True,
        }


class TestRecipes(Machine, ImportContract, ConnectorCase):
    import_model = "coffee.product.product"
    unknown_value = UNKNOWN_PRICE

    def example(self, number):
        return self.recipe(number)


class TestBadges(Machine, ExportContract, ConnectorCase):
    export_model = "coffee.res.partner"

    def record_to_export(self):
        return self.env["res.partner"].create({"name": "Ada"})

    def change_to_export(self, record):
        record.name = "Ada Lovelace"


class TestBrews(Machine, ImportContract, WebhookContract, ConnectorCase):
    import_model = "coffee.brew"
    unknown_value = UNKNOWN_PRICE

    def setUp(self):
        super().setUp()
        self.coffee = self.server.add("/api/recipes", **self.recipe(1))
        self.badge = self.server.add(
            "/api/badges",
            holder={"name": "Ada", "email": "ada@example.com"},
            active=True,
        )

    def example(self, number):
        return {
            "recipe": {"id": self.coffee["id"]},
            "badge": {"id": self.badge["id"]},
            "price": {"amount": 100 + number, "currency": "EUR"},
            "brewed_at": "2026-01-02T03:04:05Z",
        }

    def webhook_body(self, record):
        return {"id": "event-1", "event": "brew.created", "brew": record}
