"""Applies the deletion of a record in the external system."""

from __future__ import annotations

from typing import Any

from odoo import models

from odoo.addons.component.core import AbstractComponent

from ...resource import resource_of


class LocalDeleter(AbstractComponent):
    """Apply the deletion of an external record in Odoo."""

    _name = "generic.import.deleter"
    _inherit = "base.deleter"
    _usage = "record.deleter"

    #: What happens in Odoo: ``unbind`` deletes the binding only,
    #: ``archive`` archives both, ``delete`` deletes both.
    _on_remote_delete = "unbind"

    def __init__(self, work_context):
        super().__init__(work_context)
        resource = resource_of(self.model)
        if resource:
            vars(self).update(resource.deleter_settings())

    def run(self, external_id: Any) -> str:
        """Apply the deletion of an external record.

        :raises RetryableJobError: the record is being imported or exported
        """
        binding = self.binder.to_internal(external_id)
        if not binding:
            return self.env._("Record %s does not exist in Odoo.", external_id)
        self.component(usage="record.locker").lock(binding, seconds=5)
        binding = binding.with_context(connector_no_export=True)
        return getattr(self, f"_{self._on_remote_delete}")(external_id, binding)

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
