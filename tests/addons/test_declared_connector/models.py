from odoo import fields, models

from odoo.addons.connector.api import (
    Binding,
    Flow,
    KeysetPaging,
    LineOf,
    Resource,
    bound,
    constant,
    for_version,
    key,
    lines,
    optional,
    parse_datetime,
    search_by,
    strip,
    upper,
    value_map,
)


class PantryBill(models.Model):
    _name = "pantry.bill"
    _description = "Pantry Bill"

    name = fields.Char()
    state = fields.Selection([("draft", "Draft"), ("done", "Done")])
    date = fields.Datetime()
    partner_id = fields.Many2one("res.partner")
    item_ids = fields.One2many("pantry.item", "bill_id")


class PantryItem(models.Model):
    _name = "pantry.item"
    _description = "Pantry Item"

    name = fields.Char()
    bill_id = fields.Many2one("pantry.bill", required=True, ondelete="cascade")
    guest_id = fields.Many2one("res.partner")


class PantryBackend(models.Model):
    """A system of which nothing but its special traits is written down."""

    _name = "pantry.backend"
    _inherit = "connector.backend.mixin"
    _description = "Pantry"
    _connector_defaults = True
    _check_path = "/api/guests"

    version = fields.Char()

    def _sync_flows(self):
        since = "updated_since"
        return [
            *super()._sync_flows(),
            Flow("guests", "Import Guests", "import", PantryGuest, since=since),
            Flow("orders", "Import Orders", "import", PantryOrder, since=since),
        ]


class PantryGuest(Binding):
    _name = "pantry.res.partner"
    _description = "Pantry Guest"
    _backend = "pantry.backend"
    _binds = "res.partner"
    _bindings_field = "pantry_bind_ids"
    _resource = Resource(
        "/api/guests",
        paging=KeysetPaging(),
        match_field="email",
        on_remote_delete="archive",
    )
    _import_map = [
        ("name", "name"),
        (optional("email") >> strip, "email"),
        (optional("vat"), "vat"),
        (upper("country") >> search_by("res.country", "code"), "country_id"),
        (optional("address.city"), "city"),
        (bound(optional("employer_id"), "pantry.res.partner"), "employer_id"),
        for_version("<2", (optional("phone"), "phone")),
        for_version(">=2", (optional("contact.phone"), "phone")),
    ]
    _export_map = [
        ("name", "name"),
        ("email", "email"),
        ("city", "address.city"),
        ("zip", "address.zip"),
        ("state_id.code", "address.state"),
        (constant("odoo"), "address.source"),
        (bound("employer_id", "pantry.res.partner"), "employer_id"),
    ]

    employer_id = fields.Many2one("pantry.res.partner")


class PantryOrder(Binding):
    _name = "pantry.order"
    _description = "Pantry Order"
    _backend = "pantry.backend"
    _binds = "pantry.bill"
    _external_id_type = fields.Integer
    _resource = Resource("/api/orders", import_by="page")
    _import_map = [
        ("number", "name"),
        (key("state") >> value_map({"open": "draft", "paid": "done"}), "state"),
        (parse_datetime("placed_at"), "date"),
        (bound("guest_id", PantryGuest), "partner_id"),
        (lines(optional("items"), "pantry.order.line"), "line_ids"),
    ]

    waiter = fields.Char()

    def _after_import(self):
        self.waiter = self.env.context["connector_record"].get("waiter")


class PantryOrderLine(Binding):
    _name = "pantry.order.line"
    _description = "Pantry Order Line"
    _backend = "pantry.backend"
    _binds = "pantry.item"
    _line_of = LineOf(PantryOrder, "order_id", lines="line_ids", odoo_field="bill_id")
    _import_map = [
        ("dish", "name"),
        (bound(optional("guest_id"), PantryGuest), "guest_id"),
    ]
