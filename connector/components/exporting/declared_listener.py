"""Exports the changes of a binding model with an export map."""

from __future__ import annotations

from odoo import models

from odoo.addons.component.core import AbstractComponent


class DeclaredExportListener(AbstractComponent):
    """Listens to a binding model, the model it binds, and the parents of that one.

    One is built for each binding model with an ``_export_map``.
    """

    _name = "declared.export.listener"
    _inherit = "generic.export.listener"

    _binding_model: str

    def on_record_unlink(self, record: models.BaseModel) -> None:
        """Delete the external record, unless only its binding is deleted."""
        resource = record.env[self._binding_model]._resource
        only_unbound = (
            record._name == self._binding_model and "odoo_id" in record._fields
        )
        if resource and resource.can_delete and not only_unbound:
            super().on_record_unlink(record)

    def _bind_to_backends(self, record: models.BaseModel) -> None:
        if record._name == record.env[self._binding_model]._binds:
            super()._bind_to_backends(record)

    def _bindings(self, record: models.BaseModel) -> models.BaseModel:
        record = record.sudo().with_context(active_test=False, connector_sync_run=False)
        bindings = record.env[self._binding_model]
        if record._name == bindings._name:
            return record
        bound = record.env[bindings._binds]
        if record._name != bound._name:
            # The parent of the bound record, such as the template of a product.
            record = bound.search([(bound._inherits[record._name], "in", record.ids)])
        return bindings.search([("odoo_id", "in", record.ids)])
