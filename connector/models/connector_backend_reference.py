from odoo import api, fields, models
from odoo.fields import Domain


class ConnectorBackendReference(models.AbstractModel):
    """A record that refers to a backend of any model."""

    _name = "connector.backend.reference"
    _description = "Backend Record"

    backend_model = fields.Char(readonly=True)
    backend_id = fields.Many2oneReference(
        "Backend ID", model_field="backend_model", readonly=True
    )
    backend_ref = fields.Reference(
        selection="_select_backend", compute="_compute_backend_ref", string="Backend"
    )
    backend_name = fields.Char(
        compute="_compute_backend_name",
        search="_search_backend_name",
    )

    @api.model
    def _select_backend(self):
        names = self.pool.descendants(["connector.backend"], "_inherit")
        return [
            (name, self.env["ir.model"]._get(name).name)
            for name in names
            if not self.env[name]._abstract
        ]

    @api.depends("backend_model", "backend_id")
    def _compute_backend_ref(self):
        for record in self:
            known = record.backend_model in self.env and record.backend_id
            record.backend_ref = (
                f"{record.backend_model},{record.backend_id}" if known else False
            )

    @api.depends("backend_ref")
    def _compute_backend_name(self):
        for record in self:
            # Users who see results may not have access to the backend.
            record.backend_name = record.sudo().backend_ref.display_name or ""

    def _search_backend_name(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        domains = []
        for name, _label in self._select_backend():
            backends = self.env[name].with_context(active_test=False)
            if backends.has_access("read"):
                found = backends.search([("display_name", operator, value)])
                domains.append(
                    Domain("backend_model", "=", name)
                    & Domain("backend_id", "in", found.ids)
                )
        return Domain.OR(domains)
