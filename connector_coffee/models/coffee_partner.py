from odoo import models

from odoo.addons.connector.api import Binding, Resource, for_version, key, none


def reference(record: models.BaseModel) -> str:
    """Return a text that identifies a record of Odoo."""
    return f"{record._name},{record.id}"


class CoffeePartner(Binding):
    """A contact with a badge for a coffee machine."""

    _name = "coffee.res.partner"
    _inherit = "coffee.binding"
    _description = "Coffee Badge"
    _binds = "res.partner"
    _bindings_field = "coffee_bind_ids"
    _resource = Resource("/api/badges", match_field="email")
    _import_map = [
        for_version("<2", ("holder_name", "name"), ("holder_email", "email")),
        for_version(">=2", ("holder.name", "name"), ("holder.email", "email")),
    ]
    _export_map = [
        ("active", "active"),
        (key("odoo_id") >> reference, "ref"),
        for_version("<2", ("name", "holder_name"), (none("email"), "holder_email")),
        for_version(">=2", ("name", "holder.name"), (none("email"), "holder.email")),
    ]
    _archive_deletes = True
    _export_domain_fields = frozenset({"active", "category_id", "company_id"})

    _odoo_unique = models.Constraint(
        "UNIQUE (backend_id, odoo_id)",
        "This contact already has a badge for the coffee machine.",
    )

    def _export_domain(self, backend):
        """Return the domain of the contacts with the badge tag of the machine."""
        return [
            ("category_id", "child_of", backend.partner_category_id.ids),
            ("company_id", "in", [False, backend.company_id.id]),
        ]
