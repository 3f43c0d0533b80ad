"""A market: a backend with all features of connector, over real HTTP."""

from odoo import fields, models

from odoo.addons.connector.flow import Flow


class MarketBackend(models.Model):
    _name = "market.backend"
    _inherit = "connector.backend.mixin"
    _description = "Market"

    version = fields.Selection([("1", "Version 1"), ("2", "Version 2")], default="1")

    def _check_connection(self) -> str:
        with self.work_on("market.product") as work:
            info = work.component(usage="backend.adapter").call("GET", "/ping")
        return self.env._("The market of %s", info["town"])

    def _sync_flows(self):
        return [
            *super()._sync_flows(),
            Flow(
                "products",
                self.env._("Import products"),
                "import",
                "market.product",
                since="changed_since",
            ),
        ]


class MarketProduct(models.Model):
    _name = "market.product"
    _inherit = "connector.binding"
    _description = "Market Product"

    backend_id = fields.Many2one("market.backend", required=True, ondelete="cascade")
    external_id = fields.Integer(index=True)
    name = fields.Char(required=True)
    price = fields.Float()

    _price_not_negative = models.Constraint(
        "CHECK (price >= 0)", "A price cannot be negative."
    )
    _external_id_unique = models.Constraint(
        "UNIQUE (backend_id, external_id)", "This product is bound already."
    )
