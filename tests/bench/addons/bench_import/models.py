from __future__ import annotations

from importlib.util import find_spec

from odoo import fields, models

HAS_IMPORTERS = find_spec("odoo.addons.connector.components.importing") is not None


class BenchBackend(models.Model):
    _name = "bench.backend"
    _inherit = "connector.backend"
    _description = "Backend of the Benchmarks"

    name = fields.Char()


class BenchContact(models.Model):
    """A contact without what Odoo's own does when it is created."""

    _name = "bench.contact"
    _description = "Contact of the Benchmarks"

    name = fields.Char(required=True)
    email = fields.Char()
    phone = fields.Char()
    street = fields.Char()
    street2 = fields.Char()
    zip = fields.Char()
    city = fields.Char()
    website = fields.Char()
    function = fields.Char()
    ref = fields.Char()
    comment = fields.Text()
    vat = fields.Char()


class BenchContactBinding(models.Model):
    _name = "bench.contact.binding"
    _inherit = "connector.binding" if HAS_IMPORTERS else "external.binding"
    _inherits = {"bench.contact": "odoo_id"}
    _description = "Binding of the Benchmarks"

    odoo_id = fields.Many2one("bench.contact", required=True, ondelete="cascade")
    backend_id = fields.Many2one("bench.backend", required=True, ondelete="cascade")
    external_id = fields.Char()

    _external_unique = models.Constraint(
        "UNIQUE (backend_id, external_id)", "A contact is bound once."
    )
