"""Deleters for both directions."""

from __future__ import annotations

from typing import Any

from odoo import models

from odoo.addons.component.core import AbstractComponent

from ..exception import IDMissingInBackend


class RemoteDeleter(AbstractComponent):
    """Delete in the external system a record deleted in Odoo."""

    _name = "generic.export.deleter"
    _inherit = "base.deleter"
    _usage = "record.exporter.deleter"

    def run(self, external_id: Any) -> str:
        """Delete an external record; it may already be deleted."""
        try:
            self.backend_adapter.delete(external_id)
        except IDMissingInBackend:
            return self.env._("Record %s was already deleted.", external_id)
        return self.env._("Record %s deleted.", external_id)


class LocalDeleter(AbstractComponent):
    """Apply the deletion of an external record in Odoo."""

    _name = "generic.import.deleter"
    _inherit = "base.deleter"
    _usage = "record.deleter"

    #: What happens in Odoo: ``unbind`` deletes the binding only,
    #: ``archive`` archives both, ``delete`` deletes both.
    _when_gone = "unbind"

    def run(self, external_id: Any) -> str:
        """Apply the deletion of an external record.

        :raises RetryableJobError: the record is being imported or exported
        """
        binding = self.binder.to_internal(external_id)
        if not binding:
            return self.env._("Record %s does not exist in Odoo.", external_id)
        self.component(usage="record.locker").lock(binding, seconds=5)
        binding = binding.with_context(connector_no_export=True)
        return getattr(self, f"_{self._when_gone}")(external_id, binding)

    def _unbind(self, external_id: Any, binding: models.BaseModel) -> str:
        binding.unlink()
        return self.env._("Record %s unbound.", external_id)

    def _archive(self, external_id: Any, binding: models.BaseModel) -> str:
        for records in (binding, self._bound(binding)):
            if "active" in records._fields:
                records.write({"active": False})
        return self.env._("Record %s archived.", external_id)

    def _delete(self, external_id: Any, binding: models.BaseModel) -> str:
        record = self._bound(binding)
        binding.unlink()
        record.exists().unlink()
        return self.env._("Record %s deleted.", external_id)

    def _bound(self, binding: models.BaseModel) -> models.BaseModel:
        """Return the bound record, empty if the binding binds none."""
        try:
            return self.binder.unwrap_binding(binding)
        except ValueError:
            return binding.browse()
