from odoo import fields, models

from odoo.addons.connector.flow import Flow


class CoffeeBackend(models.Model):
    """A coffee machine."""

    _name = "coffee.backend"
    _inherit = ["connector.backend.mixin", "connector.queue.latency.alert"]
    _description = "Coffee Machine"
    _backend_version_field = "firmware"
    _connector_defaults = True
    _check_path = "/api/info"
    _derived_records = False

    firmware = fields.Selection(
        [("1", "Firmware 1"), ("2", "Firmware 2")], required=True, default="2"
    )
    partner_category_id = fields.Many2one(
        "res.partner.category", "Badge Tag", help="Contacts with this tag get a badge."
    )
    busy_recipe_id = fields.Many2one("coffee.product.product", "Pour", copy=False)
    busy_badge_id = fields.Many2one("coffee.res.partner", "For", copy=False)
    recipe_ids = fields.One2many("coffee.product.product", "backend_id")
    badge_ids = fields.One2many("coffee.res.partner", "backend_id")
    brew_ids = fields.One2many("coffee.brew", "backend_id")
    recipe_count = fields.Integer(compute="_compute_counts")
    badge_count = fields.Integer(compute="_compute_counts")
    brew_count = fields.Integer(compute="_compute_counts")

    def _compute_counts(self):
        for backend in self:
            backend.recipe_count = backend._count_bindings("coffee.product.product")
            backend.badge_count = backend._count_bindings("coffee.res.partner")
            backend.brew_count = backend._count_bindings("coffee.brew")

    def _connection_message(self, content: dict) -> str:
        return self.env._(
            "%(vendor)s %(model)s, serial number %(serial)s, firmware %(firmware)s",
            **content,
        )

    def _sync_flows(self):
        env, since, recipe = self.env, "updated_since", "coffee.product.product"
        return [
            *super()._sync_flows(),
            Flow("recipes", env._("Import Recipes"), "import", recipe),
            Flow("badges", env._("Export Badges"), "export", "coffee.res.partner"),
            Flow("brews", env._("Import Brews"), "import", "coffee.brew", since=since),
        ]

    def _on_queue_latency(self, minutes):
        # With top priority; and only one cup, however long the machine is offline.
        self.env["coffee.brew"].with_delay(
            priority=0,
            identity_key=f"pour when busy {self.id}",
            description=self.env._("Pour a coffee: queue latency alert"),
        ).pour_when_busy(self, minutes)
