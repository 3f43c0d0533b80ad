from odoo.addons.component.core import Component
from odoo.addons.component_event import skip_if


class ShopPartnerListener(Component):
    _name = "shop.partner.listener"
    _inherit = ["base.connector.listener", "shop.base"]
    _apply_on = ["res.partner"]

    @skip_if(lambda self, record, **kwargs: self.no_connector_export(record))
    def on_record_write(self, record, fields=None):
        for binding in record.shop_bind_ids:
            binding.with_delay().export_record(fields=fields)

    @skip_if(lambda self, record, **kwargs: self.no_connector_export(record))
    def on_record_unlink(self, record):
        for binding in record.shop_bind_ids:
            if binding.external_id:
                binding.with_delay().export_delete_record(
                    binding.backend_id, binding.external_id
                )
