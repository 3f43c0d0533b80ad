"""Odoo and a coffee machine, connected over HTTP."""

import unittest

from odoo.addons.connector.tests.common import ConnectorCase

try:
    import coffee_machine
except ImportError:
    coffee_machine = None


class CoffeeCase(ConnectorCase):
    """A test with a machine, ``self.device``, and its backend, ``self.backend``."""

    firmware = 2

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if coffee_machine is None:
            raise unittest.SkipTest("the package coffee_machine is not on sys.path")
        cls.device = cls.enterClassContext(
            coffee_machine.running(cls.firmware, recipes=12, badges=4, brews=120)
        )
        cls.machine = cls.device.machine
        cls.tag = cls.env["res.partner.category"].create({"name": "Drinkers"})
        cls.backend = cls.env["coffee.backend"].create(
            {
                "name": "Kitchen",
                "location": cls.device.url,
                "username": "barista",
                "password": "espresso",
                "firmware": str(cls.firmware),
                "partner_category_id": cls.tag.id,
            }
        )

    def setUp(self):
        super().setUp()
        # Separate transactions are redirected to that of the test.
        self.registry_enter_test_mode()
        self.machine.reset()
        self.addCleanup(self.device.machine.reset)
        # Sessions of this process may still hold the tokens of another machine.
        with self.backend.work_on("coffee.product.product") as work:
            work.component(usage="backend.adapter").session.forget()

    def drinker(self, name="Ada", **values):
        """Return a new contact with the badge tag."""
        values = {"email": f"{name.lower()}@example.com", **values}
        return self.env["res.partner"].create(
            {"name": name, "category_id": [(4, self.tag.id)], **values}
        )

    def start(self, flow):
        """Start a flow; return its run."""
        action = self.backend._start_flow(flow)
        return self.env["connector.sync.run"].browse(action["res_id"])

    def sync(self, flow):
        """Start a flow and run its jobs; return the run."""
        run = self.start(flow)
        self.run_jobs()
        run._settle()
        return run

    def counts(self, run):
        names = ("seen", "created", "updated", "unchanged", "skipped", "failed")
        return {name: run[name] for name in names if run[name]}

    def on_machine(self, table):
        """Return the records of the machine, in the format of its firmware, by ID."""
        return {record["id"]: record for record in self.machine.data()[table]}
