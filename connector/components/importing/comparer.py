"""Finds deleted records by comparing the IDs of a list with those of bindings.

Guarantees: nothing is deleted unless the list was completely read; a record that was
bound or synchronized after the run began is not deleted; each record is read before it
is deleted in Odoo, unless its flow declares otherwise; if suspiciously many records are
missing, none is deleted without a confirmation.
"""

from __future__ import annotations

from typing import Any

from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.component.core import Component

from ...exception import IDMissingInBackend, InvalidDataError
from ..http.pagination import PageToken
from ..http.redaction import mask
from ..result import SyncResult

# Missing records that are handled without regard to the limit.
_ALWAYS_ALLOWED = 10
# Jobs delayed by one transaction.
_JOBS_AT_ONCE = 1000

#: The missing ones of the bindings of a query. The IDs of the list are hashed once.
_COMPARISON = """
    WITH listed AS MATERIALIZED (
        SELECT DISTINCT jsonb_array_elements_text(listed_ids) AS external_id
          FROM connector_sync_counter
         WHERE run_id = %(run_id)s AND listed_ids IS NOT NULL
    )
    SELECT %(columns)s
      FROM (%(bindings)s) AS bound
      LEFT JOIN listed ON listed.external_id = bound.external_id
"""


class IdComparer(Component):
    """Read the IDs of a list page by page, and delete in Odoo what is missing.

    For flows with ``compare_ids``. Deletions are applied by the ``record.deleter`` of
    the model. To change what is compared, inherit this component with the collection of
    the connector.
    """

    _name = "generic.ids.comparer"
    _inherit = "generic.batch.importer"
    _usage = "ids.comparer"

    # -- hooks

    def _compared_domain(self, filters: dict | None) -> list:
        """Return the domain of the bindings to compare.

        Override it for a flow with filters, to leave out the bindings that the list
        cannot contain.

        :param filters: those of the run
        """
        return []

    def _exists(self, external_id: Any) -> bool:
        """Whether a missing record exists in the external system all the same."""
        try:
            self.backend_adapter.read(external_id)
        except IDMissingInBackend:
            return False
        return True

    # -- the list

    def run(
        self, filters: dict | None = None, page_token: PageToken | None = None
    ) -> str:
        """Store the IDs of one page, and delay a job for each following page."""
        # Without a deleter, nothing is read.
        self.component(usage="record.deleter")
        ids_query = getattr(self.backend_adapter, "_ids_query", {})
        return super().run({**(filters or {}), **ids_query}, page_token)

    def _import_page(self, records: list[dict]) -> list[SyncResult]:
        run = self._current_run()
        try:
            run._note_listed([self._listed_id(record) for record in records])
        except InvalidDataError as error:
            run._note_incomplete(mask(str(error)))
        return []

    def _listed_id(self, record: dict) -> str:
        external_id = self._external_id(record)
        return str(self.binder.normalize_external_id(external_id))

    # -- the missing records

    def apply_deletions(self, page_token: PageToken | None = None) -> str:
        """Delay a job for each missing record, unless there are too many.

        :param page_token: where to continue; ``None`` to begin
        """
        run = self._current_run()
        if run.comparison not in ("comparing", "confirmed"):
            # This job was started again: the IDs of the list may be gone.
            return self.env._("The IDs of this run were compared before.")
        if not page_token and run.comparison == "comparing":
            compared, missing = self._compare(run)
            run._count([], compared=compared, missing=missing)
            if self._is_too_many(run, compared, missing):
                run.comparison = "limited"
                return run._limit_message()
        missing_ids = self._missing_ids(run, (page_token or {}).get("after_id", 0))
        for _binding_id, external_id in missing_ids:
            self.model.with_delay(
                description=self.env._(
                    "Delete %(model)s %(id)s if it is gone",
                    model=self.model._description,
                    id=external_id,
                )
            ).apply_deletion(self.backend_record, external_id)
        if len(missing_ids) == _JOBS_AT_ONCE:
            self.model.with_delay(
                description=self.env._("Compare the IDs of more records")
            ).apply_deletions(self.backend_record, {"after_id": missing_ids[-1][0]})
        return self.env._("%s missing records", len(missing_ids))

    def apply_deletion(self, external_id: Any) -> str:
        """Apply the deletion of one missing record, if it is gone.

        :return: what was done
        """
        run = self._current_run()
        binding = self.binder.to_internal(external_id)
        reason = self._kept_reason(run, binding, external_id)
        kind = "skipped" if reason else "deleted"
        if not reason:
            reason = self.component(usage="record.deleter").run(external_id)
        result = SyncResult(kind, external_id, binding, reason, work=self.work)
        run._count([result])
        return reason

    def _kept_reason(self, run, binding, external_id: Any) -> str:
        """Return why a missing record is not deleted, empty if it is."""
        if not binding:
            return self.env._("Record %s does not exist in Odoo.", external_id)
        same = self._bound_domain(run) & Domain("id", "in", binding.ids)
        if not run or not self._model_of_bindings().search_count(same, limit=1):
            return self.env._("It was bound or synchronized after the run began.")
        if run._comparing_flow().verify_deletions and self._exists(external_id):
            return self.env._(
                "Missing in the list, but it still exists: the list may lag behind or "
                "be filtered."
            )
        return ""

    # -- helpers

    def _is_too_many(self, run, compared: int, missing: int) -> bool:
        if missing and not run.seen:
            return True
        limit = compared * run._comparing_flow().delete_limit / 100
        return missing > max(limit, _ALWAYS_ALLOWED)

    def _compare(self, run) -> tuple[int, int]:
        """Return the number of compared bindings, and of missing ones."""
        columns = SQL("count(*), count(*) FILTER (WHERE listed.external_id IS NULL)")
        return self.env.execute_query(self._comparison(run, columns))[0]

    def _missing_ids(self, run, after_id: int) -> list[tuple[int, Any]]:
        """Return ID and external ID of the next missing bindings."""
        return self.env.execute_query(
            SQL(
                "%s WHERE listed.external_id IS NULL AND bound.id > %s"
                " ORDER BY bound.id LIMIT %s",
                self._comparison(run, SQL("bound.id, bound.value")),
                after_id,
                _JOBS_AT_ONCE,
            )
        )

    def _comparison(self, run, columns: SQL) -> SQL:
        self.env["connector.sync.counter"].flush_model(["run_id", "listed_ids"])
        model = self._model_of_bindings()
        query = model._search(self._bound_domain(run))
        external = model._field_to_sql(query.table, self.binder._external_field, query)
        bindings = query.select(
            SQL("%s AS id", SQL.identifier(query.table, "id")),
            SQL("%s AS value", external),
            SQL("(%s)::text AS external_id", external),
        )
        return SQL(_COMPARISON, run_id=run.id, columns=columns, bindings=bindings)

    def _model_of_bindings(self):
        """Return the binding model; archived bindings included, unless a deletion
        archives them: these were handled before."""
        deleter = self.component(usage="record.deleter")
        archives = getattr(deleter, "_on_remote_delete", None) == "archive"
        return self.model.with_context(active_test=archives)

    def _bound_domain(self, run) -> Domain:
        """Return the domain of the bindings that the list of a run should contain."""
        binder, model = self.binder, self.model
        domain = (
            Domain(binder._backend_field, "=", self.backend_record.id)
            & Domain(binder._external_field, "!=", False)
            & Domain(self._compared_domain(run.filters or None))
        )
        if "create_date" in model._fields:
            domain &= Domain("create_date", "<", run.date_start)
        if binder._sync_date_field in model._fields:
            synchronized = Domain(binder._sync_date_field, "<", run.date_start)
            domain &= synchronized | Domain(binder._sync_date_field, "=", False)
        return domain
