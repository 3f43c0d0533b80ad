"""The abstract model inherited by the backend of each connector."""

from __future__ import annotations

from odoo import models


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

    #: Whether the library provides binders, importers, exporters, and so on, for what
    #: the connector defines no components.
    _connector_defaults = False
    #: Field of the version, used to select components by ``_backend_version``.
    _backend_version_field = "version"

    def _get_backend_version(self) -> str | None:
        """Return the version of the external system, for example ``2.1``."""
        if self._backend_version_field not in self._fields:
            return None
        return self[self._backend_version_field] or None

    def _for_jobs(self) -> models.BaseModel:
        """Return the backend as its jobs have it: with all rights, in its company."""
        backend = self.sudo()
        company = "company_id" in self._fields and backend.company_id
        return backend.with_company(company) if company else backend

    def unlink(self) -> bool:
        """Delete what Odoo keeps of the backends with them."""
        kept = [
            self.env[name].sudo().with_context(active_test=False)
            for name in self.pool.descendants(
                ["connector.backend.reference"], "_inherit"
            )
            if self.env[name]._auto
        ]
        found = [model.search(model._backend_domain(self)) for model in kept]
        result = super().unlink()
        for records in found:
            records.exists().unlink()
        return result

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
