"""A backend whose external system is a real HTTP server of the test."""

from odoo.addons.connector.tests.http_server import ScriptedServer
from odoo.addons.connector.tests.running_jobs import RunsJobs


class MarketMixin(RunsJobs):
    """For any test case: a market, ``self.market``, and its ``self.server``."""

    def open_market(self, **values):
        self.server = self.enterContext(ScriptedServer())
        self.market = self.env["market.backend"].create(
            {
                "name": "Market",
                "location": self.server.url,
                "username": "clerk",
                "password": "open sesame",
                **values,
            }
        )
        return self.market

    def start(self):
        """Click the button; return the run."""
        action = self.market._start_flow("products")
        return self.env["connector.sync.run"].browse(action["res_id"])

    def sync(self):
        """Import the products; return the run, at its end."""
        run = self.start()
        self.run_jobs()
        run._settle()
        return run

    def reasons(self, run):
        lines = run.line_ids.filtered(lambda line: line.kind == "failed")
        return dict(
            zip(lines.mapped("external_id"), lines.mapped("reason"), strict=True)
        )

    def names(self):
        products = self.env["market.product"].search(
            [("backend_id", "=", self.market.id)], order="external_id"
        )
        return products.mapped("name")


def product(number, **values):
    """Return a product in the format of the market."""
    return {"id": number, "name": f"Product {number}", "price": "1.50", **values}
