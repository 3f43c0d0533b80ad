from odoo import api, fields, models
from odoo.fields import Domain


class ConnectorBackendReference(models.AbstractModel):
    """A record of one backend, of whatever model that is; deleted with the backend."""

    _name = "connector.backend.reference"
    _description = "Backend Record"

    backend_model = fields.Char(required=True, readonly=True)
    backend_id = fields.Many2oneReference(
        "Backend ID", model_field="backend_model", required=True, readonly=True
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
        """Return names and labels of all backend models."""
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
                domains.append(Domain(self._backend_domain(found)))
        return Domain.OR(domains)

    @api.model
    def _backend_domain(self, backends: models.BaseModel) -> list:
        """Return the domain of the records of backends, of one model."""
        return [
            ("backend_model", "=", backends._name),
            ("backend_id", "in", backends.ids),
        ]

    def _same_backend_domain(self) -> list:
        """Return the domain of the records of the backend that this one belongs to."""
        names = ("backend_model", "backend_id")
        return [(name, "=", self[name]) for name in names]

    @api.model
    def _backend_values(self, backend: models.BaseModel) -> dict:
        """Return the values that make a new record belong to a backend.

        The record belongs to the company of the backend, too, if it can.
        """
        values = {"backend_model": backend._name, "backend_id": backend.id}
        if "company_id" in self._fields:
            company = "company_id" in backend._fields and backend.company_id
            values["company_id"] = company.id if company else False
        return values

    def _backend(self) -> models.BaseModel:
        """Return the backend, empty if it was deleted or its connector uninstalled."""
        self.ensure_one()
        if self.backend_model not in self.env:
            return self.env["connector.backend"]
        return self.env[self.backend_model].browse(self.backend_id).exists()
