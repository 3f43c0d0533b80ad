from odoo import fields

from odoo.addons.component.core import AbstractComponent, Component


class ShopImporter(AbstractComponent):
    """Base importer for the shop, as connectors write it"""

    _name = "shop.importer"
    _inherit = ["base.importer", "shop.base"]
    _usage = "record.importer"

    def _import_dependency(self, external_id, binding_model):
        if external_id and not self.binder_for(binding_model).to_internal(external_id):
            importer = self.component(usage=self._usage, model_name=binding_model)
            importer.run(external_id)

    def _import_dependencies(self):
        return

    def _create_data(self, map_record, **kwargs):
        return map_record.values(for_create=True, **kwargs)

    def _update_data(self, map_record, **kwargs):
        return map_record.values(**kwargs)

    def run(self, external_id, force=False):
        self.external_id = external_id
        self.advisory_lock_or_retry(
            f"import({self.backend_record._name}, {self.backend_record.id}, "
            f"{self.model._name}, {external_id})"
        )
        self.shop_record = self.backend_adapter.read(external_id)
        binding = self.binder.to_internal(external_id)
        self._import_dependencies()
        map_record = self.mapper.map_record(self.shop_record)
        if binding:
            values = self._update_data(map_record)
            binding.with_context(connector_no_export=True).write(values)
        else:
            values = self._create_data(map_record)
            binding = self.model.with_context(connector_no_export=True).create(values)
        self.binder.bind(external_id, binding)
        return fields.Datetime.to_string(binding.sync_date)


class ShopPartnerImporter(Component):
    _name = "shop.partner.importer"
    _inherit = ["shop.importer"]
    _apply_on = ["shop.res.partner"]

    def _import_dependencies(self):
        self._import_dependency(self.shop_record.get("parent"), "shop.res.partner")


class ShopOrderImporter(Component):
    _name = "shop.order.importer"
    _inherit = ["shop.importer"]
    _apply_on = ["shop.order"]

    def _import_dependencies(self):
        self._import_dependency(self.shop_record.get("customer"), "shop.res.partner")


class ShopBatchImporter(Component):
    _name = "shop.batch.importer"
    _inherit = ["base.importer", "shop.base"]
    _usage = "batch.importer"

    def run(self, filters=None):
        for external_id in self.backend_adapter.search(filters):
            self.model.with_delay().import_record(self.backend_record, external_id)
