"""Listeners of connectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from odoo.addons.component.core import AbstractComponent

if TYPE_CHECKING:
    from odoo.models import BaseModel

__all__ = ["AbstractComponent", "ConnectorListener"]


class ConnectorListener(AbstractComponent):
    """Base of the listeners that export changes made in Odoo.

    Changes written by an import must not be exported back, so imports write with
    context key ``connector_no_export`` (or ``no_connector_export``), and listeners skip
    it::

        @skip_if(lambda self, record, **kwargs: self.no_connector_export(record))
        def on_record_write(self, record, fields=None):
            record.with_delay().export_record(fields=fields)
    """

    _name = "base.connector.listener"
    _inherit = ["base.connector", "base.event.listener"]

    def no_connector_export(self, record: BaseModel) -> bool:
        """Whether the context of a record disables its export."""
        get = record.env.context.get
        return get("no_connector_export") or get("connector_no_export")
