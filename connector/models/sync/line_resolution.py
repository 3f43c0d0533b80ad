"""Records that succeed resolve their earlier failures."""

from collections import defaultdict
from collections.abc import Iterable

from odoo import api, models

from ...components.result import SyncResult
from ...components.storable import storable_text


class ConnectorSyncLine(models.Model):
    _inherit = "connector.sync.line"

    @api.model
    def _resolve_succeeded(self, results: Iterable[SyncResult]) -> None:
        """Mark what failed before, in whichever run, and went well now.

        An import says nothing of a failed export of the same record, nor the reverse.
        """
        groups = defaultdict(list)
        for result in results:
            if result.kind == "failed":
                continue
            backend = result.backend
            if isinstance(backend, self.pool["connector.backend"]):
                groups[result.model, backend, result.is_export].append(result)
        for (model, backend, is_export), came in groups.items():
            failed = [
                ("kind", "=", "failed"),
                ("resolved", "=", False),
                *self._backend_domain(backend),
                ("model", "=", model),
            ]
            if is_export:
                self._resolve_exported(failed, [result.binding for result in came])
                continue
            # A record that is gone, or not wanted any more, needs no other try either.
            ids = [storable_text(str(result.external_id)) for result in came]
            self.search([*failed, ("external_id", "in", ids)]).resolved = True

    @api.model
    def _resolve_exported(self, failed: list, bindings: Iterable) -> None:
        """Mark what failed of bindings that are exported now."""
        jobs = self.search([*failed, ("is_job", "=", True), ("record_id", "!=", False)])
        if jobs:
            links = map(self._link, filter(None, bindings))
            records = {(link["record_model"], link["record_id"]) for link in links}
            jobs.filtered(
                lambda line: (line.record_model, line.record_id) in records
            ).resolved = True
