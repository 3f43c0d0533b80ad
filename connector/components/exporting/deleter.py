"""Deletes a record in the external system."""

from __future__ import annotations

from typing import Any

from odoo.addons.component.core import AbstractComponent

from ...exception import IDMissingInBackend


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
