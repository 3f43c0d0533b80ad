"""The two abstract models that every connector inherits."""

from __future__ import annotations

from odoo import fields, models


class ConnectorBackend(models.AbstractModel):
    """An external system: its location, its credentials, its synchronizations.

    The name of the concrete model is the ``_collection`` of its components::

        class CoffeeBackend(models.Model):
            _name = "coffee.backend"
            _inherit = "connector.backend"

            version = fields.Selection([("1", "Firmware 1"), ("2", "Firmware 2")])
    """

    _name = "connector.backend"
    _inherit = ["collection.base"]
    _description = "Connector Backend"

    #: Field of the version, used to select components by ``_backend_version``.
    _backend_version_field = "version"

    def _get_backend_version(self) -> str | None:
        """Return the version of the external system, for example ``2.1``."""
        if self._backend_version_field not in self._fields:
            return None
        return self[self._backend_version_field] or None

    def action_preview_import(self) -> dict:
        """Open the import preview."""
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
    """Link between a record of Odoo and a record of an external system.

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

    # Not copied: a binding with a sync date and external ID 0 counts as bound.
    sync_date = fields.Datetime(string="Last synchronization date", copy=False)
