"""What the overview of backends opens."""

from odoo import api, models
from odoo.exceptions import UserError


class ConnectorBackendOverview(models.Model):
    _inherit = "connector.backend.overview"

    @api.model
    def _connectable(self) -> list[tuple[str, str]]:
        """Return names and labels of the backend models this user may add one to."""
        return [
            (name, label)
            for name, label in self._select_backend()
            if self.env[name].has_access("create")
        ]

    def action_connect(self) -> dict:
        """Ask what to connect, where there is a choice, then where it is.

        On whatever backends are selected, or none: the web client sends their ids.
        """
        kinds = self._connectable()
        if not kinds:
            raise UserError(
                self.env._(
                    "No connector is installed: install the one for your system from "
                    "the apps first."
                )
            )
        if len(kinds) == 1:
            return self._new_backend(kinds[0][0])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Connect a system"),
            "res_model": "connector.connect",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _new_backend(self, model: str) -> dict:
        return {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"]._get(model).name,
            "res_model": model,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_open(self) -> dict:
        """Show the backend itself."""
        backend = self._backend()
        return {
            "type": "ir.actions.act_window",
            "name": self.name or self.kind_label,
            "res_model": backend._name,
            "res_id": backend.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_open_failed(self) -> dict:
        """Show the synchronisations of this backend that failed."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Failed synchronisations"),
            "res_model": "connector.sync.run",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                *self._same_backend_domain(),
                ("state", "in", ("failed", "incomplete")),
            ],
        }

    def action_open_failures(self) -> dict:
        """Show what failed on this backend, and neither came nor was dismissed."""
        return self._backend().action_open_failures()
