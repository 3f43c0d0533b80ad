from odoo import api, fields, models


class ShopBinding(models.AbstractModel):
    _name = "shop.binding"
    _inherit = "external.binding"
    _description = "Shop Binding (abstract)"

    backend_id = fields.Many2one(
        comodel_name="shop.backend", required=True, ondelete="restrict"
    )
    external_id = fields.Char(string="ID in the Shop", index=True)

    _shop_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)",
        "A binding already exists with the same ID in the shop.",
    )

    @api.model
    def import_batch(self, backend, filters=None):
        """Prepare the import of records modified in the shop"""
        with backend.work_on(self._name) as work:
            importer = work.component(usage="batch.importer")
            return importer.run(filters=filters or {})

    @api.model
    def import_record(self, backend, external_id, force=False):
        """Import a record of the shop"""
        with backend.work_on(self._name) as work:
            importer = work.component(usage="record.importer")
            return importer.run(external_id, force=force)

    def export_record(self, fields=None):
        """Export a record to the shop"""
        self.ensure_one()
        with self.backend_id.work_on(self._name) as work:
            exporter = work.component(usage="record.exporter")
            return exporter.run(self, fields)

    @api.model
    def export_delete_record(self, backend, external_id):
        """Delete a record in the shop"""
        with backend.work_on(self._name) as work:
            deleter = work.component(usage="record.exporter.deleter")
            return deleter.run(external_id)
