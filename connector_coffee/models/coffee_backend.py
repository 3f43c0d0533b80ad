from odoo import fields, models


class CoffeeBackend(models.Model):
    """One coffee machine."""

    _name = "coffee.backend"
    _inherit = "connector.backend.mixin"
    _description = "Coffee Machine"
    _backend_version_field = "firmware"

    firmware = fields.Selection(
        [("1", "Firmware 1"), ("2", "Firmware 2")],
        required=True,
        default="2",
        tracking=True,
    )
    partner_category_id = fields.Many2one(
        "res.partner.category",
        "Badges for",
        help="Contacts with this tag get a badge on the machine.",
    )
    recipe_ids = fields.One2many("coffee.product.product", "backend_id")
    badge_ids = fields.One2many("coffee.res.partner", "backend_id")
    brew_ids = fields.One2many("coffee.brew", "backend_id")
    recipe_count = fields.Integer(compute="_compute_counts")
    badge_count = fields.Integer(compute="_compute_counts")
    brew_count = fields.Integer(compute="_compute_counts")

    def _compute_counts(self):
        for backend in self:
            own = [("backend_id", "=", backend.id)]
            backend.recipe_count = self.env["coffee.product.product"].search_count(own)
            backend.badge_count = self.env["coffee.res.partner"].search_count(own)
            backend.brew_count = self.env["coffee.brew"].search_count(own)

    def _check_connection(self) -> str:
        with self.work_on("coffee.product.product") as work:
            info = work.component(usage="backend.adapter").info()
        return self.env._(
            "%(vendor)s %(model)s, serial number %(serial)s, firmware %(firmware)s",
            **info,
        )

    def _for_partner(self, partner):
        """Return the machines that want a badge for this contact."""
        if not partner.category_id:
            return self.browse()
        domain = [("partner_category_id", "parent_of", partner.category_id.ids)]
        if partner.company_id:
            domain.append(("company_id", "=", partner.company_id.id))
        return self.search(domain)

    def action_import_recipes(self):
        return self._start_sync("import", "coffee.product.product")

    def action_export_badges(self):
        return self._start_sync("export", "coffee.res.partner")

    def action_import_brews(self):
        since = self._since("coffee.brew")
        filters = {"updated_since": since} if since else None
        return self._start_sync("import", "coffee.brew", filters)

    def action_register_webhook(self):
        """Have the machine tell of each brew; it forgets our former addresses."""
        endpoint = self.env["connector.webhook.endpoint"]._of(self)
        with self.work_on("connector.webhook.event") as work:
            webhooks = work.component(usage="backend.adapter")
            replaced = [
                webhook["id"]
                for webhook in webhooks.search_read()
                if endpoint._is_replaced(webhook["url"])
            ]
            url, secret = endpoint._renew()
            webhooks.create({"url": url, "secret": secret})
            for webhook_id in replaced:
                webhooks.delete(webhook_id)
        return self._notify(
            self.env._("Webhook registered"),
            self.env._("The machine tells of each coffee when it is brewed."),
        )

    def action_open_recipes(self):
        return self._open_bindings("coffee.product.product", self.env._("Recipes"))

    def action_open_badges(self):
        return self._open_bindings("coffee.res.partner", self.env._("Badges"))

    def action_open_brews(self):
        return self._open_bindings("coffee.brew", self.env._("Brews"))

    def _open_bindings(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": [("backend_id", "=", self.id)],
        }
