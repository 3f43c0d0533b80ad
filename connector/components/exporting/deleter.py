"""Deletes a record in the other system."""

from __future__ import annotations

from typing import Any

from odoo.addons.component.core import AbstractComponent

from ...exception import IDMissingInBackend


class RemoteDeleter(AbstractComponent):
    """Delete over there what was deleted here."""

    _name = "generic.export.deleter"
    _inherit = "base.deleter"
    _usage = "record.exporter.deleter"

    def run(self, external_id: Any) -> str:
        """Delete a record of the other system; that it is gone already is fine."""
        try:
            self.backend_adapter.delete(external_id)
        except IDMissingInBackend:
            return self.env._("Record %s was gone already.", external_id)
        return self.env._("Record %s deleted.", external_id)
