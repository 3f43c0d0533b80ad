"""Exports a list of records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from odoo.addons.component.core import AbstractComponent

if TYPE_CHECKING:
    from odoo.models import BaseModel


class BatchExporter(AbstractComponent):
    """Delays one job for each record to export."""

    _name = "generic.batch.exporter"
    _inherit = "base.exporter"
    _usage = "batch.exporter"

    def run(self, domain: list | None = None) -> str:
        """Delay the export of all records to export.

        :param domain: restricts them further
        """
        records = self._records(domain or [])
        for record in records:
            self._delay_record(record)
        self.env["connector.sync.run"]._current()._count([], seen=len(records))
        return self.env._("%s records to export", len(records))

    def _export_domain(self) -> list | None:
        """Return the domain of the Odoo records to export, bound or not.

        ``None``: the records bound to the backend.
        """
        return None

    def is_in_export_domain(self, record: BaseModel) -> bool:
        """Whether an Odoo record is to be exported."""
        domain = self._export_domain()  # pylint: disable=assignment-from-none
        return domain is not None and bool(record.filtered_domain(domain))

    def _records(self, domain: list):
        """Return the Odoo records to export."""
        chosen = self._export_domain()  # pylint: disable=assignment-from-none
        if chosen is not None:
            odoo_field = self.model._fields[self.binder._odoo_field]
            return self.env[odoo_field.comodel_name].search([*chosen, *domain])
        bindings = self.model.search(
            [(self.binder._backend_field, "=", self.backend_record.id), *domain]
        )
        return bindings[self.binder._odoo_field]

    def _delay_record(self, record) -> None:
        self.model.with_delay(
            description=self.env._("Export %s", record.display_name)
        ).export_bound(self.backend_record, record)
