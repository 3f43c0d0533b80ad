"""The two abstract models every connector begins with."""

from __future__ import annotations

from odoo import fields, models


class ConnectorBackend(models.AbstractModel):
    """One system on the other side: where it is, how to get in, what to exchange.

    The name of the concrete model is the ``_collection`` of its components::

        class CoffeeBackend(models.Model):
            _name = "coffee.backend"
            _inherit = "connector.backend"

            version = fields.Selection([("1", "Firmware 1"), ("2", "Firmware 2")])
    """

    _name = "connector.backend"
    _inherit = ["collection.base"]
    _description = "Connector Backend"

    #: Field that holds the version, which components with ``_backend_version`` serve.
    _backend_version_field = "version"

    def _get_backend_version(self) -> str | None:
        """Return the version of the other system, like ``2.1``."""
        if self._backend_version_field not in self._fields:
            return None
        return self[self._backend_version_field] or None

    def action_preview_import(self) -> dict:
        """Ask for a record, and show what its import would do."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Preview"),
            "res_model": "connector.import.preview",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_backend_model": self._name,
                "default_backend_id": self.id,
                "connector_preview_backend_model": self._name,
            },
        }


class ExternalBinding(models.AbstractModel):
    """Link of a record with what it is in another system.

    A concrete binding usually inherits the fields of the record it binds::

        class CoffeePartner(models.Model):
            _name = "coffee.res.partner"
            _inherit = "external.binding"
            _inherits = {"res.partner": "odoo_id"}

            odoo_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
            backend_id = fields.Many2one("coffee.backend", required=True)
            external_id = fields.Char()
    """

    _name = "external.binding"
    _description = "External Binding"

    # Not copied: what has one counts as bound, where the external id reads 0.
    sync_date = fields.Datetime(string="Last synchronization date", copy=False)
