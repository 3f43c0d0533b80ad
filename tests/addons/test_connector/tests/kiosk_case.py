"""A kiosk with an in-memory server, and helpers for its flow."""

from unittest.mock import patch

from urllib3.util import Retry

from odoo import fields

from odoo.addons.connector.flow import Flow
from odoo.addons.connector.tests.common import ConnectorCase, FakeApi

GUEST = "kiosk.res.partner"
PATH = "/api/guests"


class KioskCase(ConnectorCase):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.enterContext(patch.object(Retry, "sleep", lambda *args, **kwargs: None))
        self.server = self.enterContext(FakeApi(PATH))
        self.backend = self.env["kiosk.backend"].create(
            {
                "name": "Kiosk",
                "location": self.server.url,
                "username": self.server.username,
                "password": self.server.password,
            }
        )
        self.runs = self.env["connector.sync.run"]
        self.lines = self.env["connector.sync.line"]

    def declare(self, *flows):
        """Set the flows of the backend."""
        self.patch(type(self.backend), "_sync_flows", lambda backend: list(flows))
        self.backend._complete_flows()

    def flow(self, name="guests_in", **values):
        values = {"since": "updated_since", **values}
        return Flow(name, name, "import", GUEST, **values)

    def guest(self, number, country="BE", **values):
        values = {"name": f"Guest {number}", "country": country, **values}
        return self.server.add(PATH, **values)

    def start(self, name="guests_in", **options):
        """Start a flow; return its run."""
        action = self.backend._start_flow(name, **options)
        return self.runs.browse(action["res_id"])

    def sync(self, name="guests_in", **options):
        """Run a flow to its end; return its run."""
        run = self.start(name, **options)
        self.run_jobs()
        run._settle()
        return run

    def names(self):
        return sorted(self.env[GUEST].search([]).mapped("name"))

    def requested_since(self):
        """Return the start of the requested lists, by request."""
        calls = [self.server._call_of(seen) for seen in self.server.seen]
        return [call.query.get("updated_since") for call in calls if call.path == PATH]

    def mend(self, code="QX"):
        """Create a country whose absence failed records."""
        return self.env.ref("base.be").copy({"code": code, "name": code})

    def let_time_pass(self):
        """Make all retries due."""
        self.lines.search([]).next_try = fields.Datetime.now()
