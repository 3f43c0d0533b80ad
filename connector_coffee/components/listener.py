from odoo.addons.component.core import Component
from odoo.addons.component_event import skip_if


class BadgeListener(Component):
    """Exports contacts as badges when they are created or changed."""

    _name = "coffee.badge.listener"
    _inherit = "base.connector.listener"
    _apply_on = "res.partner"

    @skip_if(lambda self, record, **kwargs: self.no_connector_export(record))
    def on_record_create(self, record, fields=None):
        self._export(record)

    @skip_if(lambda self, record, **kwargs: self.no_connector_export(record))
    def on_record_write(self, record, fields=None):
        if {"name", "email", "active", "category_id"}.intersection(fields or ()):
            self._export(record)

    def _export(self, partner):
        backends = self.env["coffee.backend"].sudo()._for_partner(partner)
        for backend in backends.with_context(connector_sync_run=False):
            backend.env["coffee.res.partner"].with_delay(
                description=self.env._("Export %s", partner.display_name),
                identity_key=f"coffee badge {backend.id} {partner.id}",
            ).export_bound(backend, partner)
