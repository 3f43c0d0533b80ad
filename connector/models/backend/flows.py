from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lxml.builder import E

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...flow import Flow

if TYPE_CHECKING:
    from typing import Self


class ConnectorBackendMixin(models.AbstractModel):
    """The flows of a backend, declared in one place.

    Buttons, schedules, last and next runs follow from ``_sync_flows``.
    """

    _inherit = "connector.backend.mixin"

    flow_ids = fields.One2many("connector.backend.flow", "backend_id", "Flows")

    def _sync_flows(self) -> list[Flow]:
        """Return the flows of this connector; extend the list to add one."""
        return []

    def _flow(self, name: str) -> Flow | None:
        return next((flow for flow in self._sync_flows() if flow.name == name), None)

    def _start_flow(self, name: str, full: bool = False) -> dict:
        """Start a flow: delay its import or export; return the action of its run.

        :param full: import all records again, including unchanged ones; the cursor does
            not move
        :raise UserError: there is no such flow
        """
        flow = self._flow(name)
        if not flow:
            raise UserError(
                self.env._("%(backend)s has no flow %(name)s.", backend=self, name=name)
            )
        if flow.method:
            return getattr(self.with_context(connector_flow=name), flow.method)()
        return self._start_run(replace(flow, full=True) if full else flow)

    def action_start_flow(self) -> dict:
        """Start the flow of the clicked button."""
        self.ensure_one()
        return self._start_flow(self.env.context.get("connector_flow"))

    # -- flow records and schedules

    def init(self) -> None:
        result = super().init()
        if not self._abstract:
            # A new version of a connector may declare other flows.
            backends = self.sudo().with_context(active_test=False)
            self.pool.post_init(lambda: backends.search([])._complete_flows())
        return result

    def _complete_flows(self) -> None:
        """Create missing flow records, and delete those of undeclared flows."""
        names = [flow.name for flow in self._sync_flows()]
        for backend in self.sudo():
            by_name = {flow.name: flow for flow in backend.flow_ids}
            backend.flow_ids.filtered(lambda flow: flow.name not in names).unlink()
            missing = [name for name in names if name not in by_name]
            flows = self.env["connector.backend.flow"].sudo()
            known = flows._backend_values(backend)
            flows.create([{**known, "name": name} for name in missing])

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Self:
        backends = super().create(vals_list)
        backends._complete_flows()
        return backends

    def write(self, vals: dict[str, Any]) -> bool:
        result = super().write(vals)
        if "company_id" in vals:
            self.sudo().flow_ids.company_id = vals["company_id"]
        return result

    # -- the buttons

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            for place in arch.xpath("//button[@name='action_test_connection']")[:1]:
                for flow in reversed(self._sync_flows()):
                    place.addnext(_button(flow))
        return arch, view


def _button(flow: Flow):
    return E.button(
        name="action_start_flow",
        type="object",
        string=flow.label,
        context=repr({"connector_flow": flow.name}),
        invisible="not id or not active",
        groups="connector.group_connector_manager",
    )
