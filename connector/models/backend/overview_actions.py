"""What the overview of backends opens."""

from odoo import api, models
from odoo.exceptions import UserError


class ConnectorBackendOverview(models.Model):
    _inherit = "connector.backend.overview"

    @api.model
    def _connectable(self) -> list[tuple[str, str]]:
        """Return names and labels of the backend models that this user may create."""
        return [
            (name, label)
            for name, label in self._select_backend()
            if self.env[name].has_access("create")
        ]

    def action_connect(self) -> dict:
        """Ask for the connector, if there are several, then open a new backend.

        Called on any selected backends, or none: the web client sends their IDs.
        """
        kinds = self._connectable()
        if not kinds:
            raise UserError(
                self.env._(
                    "No connector is installed: install the connector for your system "
                    "from the Apps menu first."
                )
            )
        if len(kinds) == 1:
            return self._new_backend(kinds[0][0])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Connect a System"),
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
        """Show the failed synchronizations of this backend."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Failed Synchronizations"),
            "res_model": "connector.sync.run",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                *self._same_backend_domain(),
                ("state", "in", ("failed", "incomplete")),
            ],
        }

    def action_open_failures(self) -> dict:
        """Show the unresolved failures of this backend."""
        return self._backend().action_open_failures()
