from __future__ import annotations

from typing import Any

from odoo import models


class ConnectorCoalescingExport(models.AbstractModel):
    """A binding that exports many changes with one job.

    Each call of :meth:`delay_export` within a short window adds its fields to those of
    the pending job::

        class CoffeePartner(models.Model):
            _name = "coffee.res.partner"
            _inherit = ["coffee.binding", "connector.coalescing.export"]

        partner_binding.delay_export(["name"])
        partner_binding.delay_export(["email"])    # one job: name and email
    """

    _name = "connector.coalescing.export"
    _description = "Binding with Coalesced Exports"

    #: Seconds for which the first change waits for further ones.
    _export_window = 5

    def delay_export(
        self, fields: list[str] | None = None, window: int | None = None, **options: Any
    ) -> None:
        """Export the records with jobs, reusing pending ones.

        :param fields: changed fields; empty to export all
        :param window: seconds to wait for more changes
        :param options: passed to ``with_delay`` for a new job
        """
        pending = self.env["connector.pending.export"]
        window = self._export_window if window is None else window
        for binding in self:
            job_uuid = pending._job_to_come(binding)
            change = pending._add(binding, fields)
            if not job_uuid:
                job = binding.with_delay(
                    **{"eta": window, "description": self._export_title(), **options}
                ).export_changes()
                # Without a queue the job is already done, and the change exported.
                job_uuid = getattr(job, "uuid", None)
            if job_uuid:
                change.job_uuid = job_uuid

    def export_changes(self) -> Any:
        """Export the pending changes (the job of :meth:`delay_export`)."""
        self.ensure_one()
        if not self.exists():
            return self.env._("The record to export no longer exists.")
        found, changed = self.env["connector.pending.export"].sudo()._take(self)
        if not found:
            return self.env._("Already exported by another job.")
        return self._export_changed_fields(changed)

    def _export_changed_fields(self, fields: list[str] | None) -> Any:
        """Export the record; overridden by the connector."""
        return self.export_record(fields=fields)

    def _export_title(self) -> str:
        return self.env._("Export changes of %s", self._description)
