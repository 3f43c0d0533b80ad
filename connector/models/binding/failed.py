from __future__ import annotations

from collections.abc import Collection
from typing import Any

from odoo import fields, models
from odoo.fields import Domain

from ...exception import InvalidDataError
from ..sync.line import OPEN_FAILURE


class ConnectorBinding(models.AbstractModel):
    """Search for bindings whose last synchronization failed."""

    _inherit = "connector.binding"

    last_error = fields.Text(search="_search_last_error")

    def _search_last_error(self, operator: str, value: Collection[Any]) -> Any:
        """Only whether there is an error can be searched for, not its text."""
        if operator != "in" or set(value) - {False, ""}:
            return NotImplemented
        return ~self._failed_domain()

    def _failed_domain(self) -> Domain:
        """Return the domain of the bindings with unresolved failures."""
        lines = self.env["connector.sync.line"].sudo()
        backends = self._fields["backend_id"].comodel_name
        failed = lines.search([*OPEN_FAILURE, ("backend_model", "=", backends)])
        found = Domain.FALSE
        for backend_id, of_backend in failed.grouped("backend_id").items():
            backend = self.env[backends].sudo().browse(backend_id).exists()
            if backend:
                about = self._about(backend, of_backend)
                found |= Domain("backend_id", "=", backend_id) & about
        return found

    def _about(self, backend: models.BaseModel, failures: models.BaseModel) -> Domain:
        """Return the domain of the bindings that failures of a backend are about."""
        with backend.work_on(self._name) as work:
            binder = work.component(usage="binder")
            ids = []
            same = failures.filtered(lambda line: line.model == self._name)
            for external_id in filter(None, same.mapped("external_id")):
                try:
                    ids.append(binder.normalize_external_id(external_id))
                except InvalidDataError:
                    continue
        about = Domain(binder._external_field, "in", ids)
        # A failed export is about the bound record, or the binding that binds none.
        names = {self._name: "id"}
        bound = self._fields.get(binder._odoo_field)
        if bound and bound.comodel_name:
            names[bound.comodel_name] = binder._odoo_field
        for model, name in names.items():
            records = failures.filtered(lambda line, m=model: line.record_model == m)
            about |= Domain(name, "in", records.mapped("record_id"))
        return about
