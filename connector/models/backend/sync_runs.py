"""Starting synchronizations, and handling their end."""

import json
from dataclasses import replace

from odoo import models

from ... import cursor_value
from ...flow import Flow


class ConnectorBackendMixin(models.AbstractModel):
    _inherit = "connector.backend.mixin"

    def _start_sync(
        self,
        direction: str,
        model: str,
        filters: dict | list | None = None,
        since: str | None = None,
    ) -> dict:
        """Delay a complete import or export of a binding model; show its run.

        If the same run is in progress, it is shown instead of starting another; if
        another run of the model is in progress, the new one is queued behind it. With
        ``filters`` the cursor does not move, as the list is not complete.

        :param filters: query parameters of an import, domain of an export
        :param since: query parameter for the cursor of the last complete import
        :raise AccessError: the user may not change the backend
        """
        requested = Flow(
            "" if filters or not since else f"{model} {since}",
            "",
            direction,
            model,
            since=since,
            filters=filters,
        )
        return self._start_run(self._flow_of(requested) or requested)

    def _flow_of(self, requested: Flow) -> Flow | None:
        """Return the requested flow, if it is declared.

        It is the one whose ``method`` is the caller, or the only one with these
        parameters.
        """
        started = self.env.context.get("connector_flow")
        for flow in self._sync_flows():
            if (flow.direction, flow.model) != (requested.direction, requested.model):
                continue
            if flow.method and flow.name == started:
                return replace(flow, since=requested.since, filters=requested.filters)
            if flow.filters or flow.full or requested.filters or not requested.since:
                continue
            if flow.since == requested.since:
                return flow
        return None

    def _start_run(self, flow: Flow) -> dict:
        """Delay a flow; show its run.

        :raise AccessError: the user may not change the backend
        """
        self.ensure_one()
        self.check_access("write")
        filters = flow.filters
        since = None if flow.full else flow.since
        position = since and self.with_context(connector_flow=flow.name)._since(
            flow.model
        )
        if position:
            filters = {**dict(filters or {}), since: position}
        return self._begin_run(
            {
                "direction": flow.direction,
                "model": flow.model,
                "flow": flow.name or False,
                "filters": filters,
                "since": since,
                "full": flow.full,
                "compare_ids": flow.compare_ids,
                "moves_cursor": bool(
                    since
                    and flow.name
                    and flow.direction == "import"
                    and (flow.filters is None or not flow.method)
                ),
                "open_key": json.dumps(
                    [flow.direction, flow.model, flow.name, flow.full]
                    + ([] if flow.name else [flow.filters]),
                    sort_keys=True,
                    default=str,
                ),
            }
        )

    def _repeat_run(self, run) -> dict:
        """Start a run again with the same parameters."""
        self.check_access("write")
        names = ("direction", "model", "flow", "filters", "since", "full")
        values = {name: run[name] for name in (*names, "compare_ids")}
        # Starts at the beginning of that run: its end is outdated.
        return self._begin_run({**values, "open_key": f"repeat {run.id}"})

    def _begin_run(self, values: dict) -> dict:
        runs = self.env["connector.sync.run"].sudo()
        run, begins = runs._open(
            {
                **runs._backend_values(self),
                **values,
            }
        )
        if begins:
            run._launch(self.env)
        return run.action_open()

    def _on_sync_run_closed(self, run, complete: bool) -> None:
        """Hook called when a run is closed, in the same transaction.

        :param complete: all records were read, even if single records failed
        """
        if run.job_failed_count and not complete:
            asker = run.with_context(lang=run.create_uid.lang)
            self.write(
                {"connection_state": "error", "connection_message": asker.message}
            )
        elif self.connection_state != "connected":
            self.write({"connection_state": "connected", "connection_message": False})
        if complete and run.moves_cursor:
            declared = run._declared_flow()
            kind = declared.cursor_type if declared else None
            self.env["connector.sync.cursor"]._move(run, kind)

    def _since(self, model: str) -> str | None:
        """Return the start of an incremental import of ``model``.

        The cursor of the flow being started, minus its overlap; by default that of the
        first flow that imports the model.
        """
        name = self.env.context.get("connector_flow")
        flows = [flow for flow in self._sync_flows() if flow.model == model]
        flow = next(
            (flow for flow in flows if flow.since and name in (None, flow.name)), None
        )
        cursor = self.env["connector.sync.cursor"]._of(
            self, flow.name if flow else name
        )
        kind = flow.cursor_type if flow else None
        if not cursor.value or not cursor_value.parse(cursor.value, kind):
            return None
        return cursor_value.subtract_overlap(
            cursor.value, flow.overlap if flow else None, kind
        )
