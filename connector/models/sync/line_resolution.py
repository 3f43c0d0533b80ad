"""Records that succeed resolve their earlier failures."""

from collections import defaultdict
from collections.abc import Iterable

from odoo import api, models
from odoo.tools import SQL

from ...components.result import SyncResult
from ...components.sanitize import sanitize_text

# What `_unresolved` selects by.
_UNRESOLVED_FIELDS = (
    "kind",
    "resolved",
    "backend_model",
    "backend_id",
    "model",
    "external_id",
    "is_job",
    "record_id",
)


class ConnectorSyncLine(models.Model):
    _inherit = "connector.sync.line"

    @api.model
    def _resolve_succeeded(self, results: Iterable[SyncResult]) -> None:
        """Resolve earlier failures, of any run, that have now succeeded.

        An import does not resolve a failed export of the same record, nor vice versa.
        """
        groups = defaultdict(list)
        for result in results:
            if result.kind == "failed":
                continue
            backend = result.backend
            if isinstance(backend, self.pool["connector.backend"]):
                groups[result.model, backend, result.is_export].append(result)
        for (model, backend, is_export), successes in groups.items():
            if is_export:
                jobs = SQL("is_job AND record_id IS NOT NULL")
                failed = self._unresolved(backend, model, jobs)
                failed._resolve_exported([result.binding for result in successes])
                continue
            # A deleted or skipped record needs no further retry either.
            ids = [sanitize_text(str(result.external_id)) for result in successes]
            succeeded = SQL("external_id = ANY(%s)", ids)
            self._unresolved(backend, model, succeeded).resolved = True

    @api.model
    def _unresolved(self, backend, model: str, condition: SQL):
        """Return the unresolved failures of a model, dismissed ones included.

        In SQL, as each job of a single record queries them.
        """
        self.flush_model(_UNRESOLVED_FIELDS)
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM connector_sync_line"
                " WHERE kind = 'failed' AND resolved IS NOT TRUE"
                "   AND backend_model = %s AND backend_id = %s AND model = %s AND %s",
                backend._name,
                backend.id,
                model,
                condition,
            )
        )
        return self.browse(line_id for (line_id,) in rows)

    def _resolve_exported(self, bindings: Iterable) -> None:
        """Resolve those of these failed jobs whose bindings are exported now."""
        if self:
            links = map(self._link, filter(None, bindings))
            records = {(link["record_model"], link["record_id"]) for link in links}
            self.filtered(
                lambda line: (line.record_model, line.record_id) in records
            ).resolved = True
