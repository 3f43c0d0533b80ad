"""Jobs that apply deletions in the external system to Odoo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odoo import api, models

if TYPE_CHECKING:
    from odoo.models import BaseModel


class ConnectorBinding(models.AbstractModel):
    _inherit = "connector.binding"

    @api.model
    def apply_deletions(
        self, backend: BaseModel, page_token: dict | None = None
    ) -> str:
        """Delay a job for each record that is missing in the list of a run.

        :param page_token: where to continue; ``None`` to begin
        """
        with self._work(backend) as work:
            return work.component(usage="ids.comparer").apply_deletions(page_token)

    @api.model
    def apply_deletion(self, backend: BaseModel, external_id: Any) -> str:
        """Apply the deletion of a record that is missing in the list of a run."""
        with self._work(backend) as work:
            return work.component(usage="ids.comparer").apply_deletion(external_id)

    def _list_usage(self) -> str:
        """Return the usage of the component that reads the list of this job."""
        run = self.env["connector.sync.run"]._current()
        return "ids.comparer" if run.compare_ids else "batch.importer"
