from odoo.addons.component.core import Component
from odoo.addons.connector.exception import IDMissingInBackend


class ShopAdapter(Component):
    _name = "shop.adapter"
    _inherit = ["base.backend.adapter.crud", "shop.base"]
    _apply_on = ["shop.res.partner", "shop.order"]

    def _call(self, action, *args):
        try:
            return self.work.shop_api.call(action, self.model._name, *args)
        except KeyError as err:
            raise IDMissingInBackend(f"{err} is not in the shop") from err

    def search(self, filters=None):
        return self._call("search", filters)

    def read(self, external_id, attributes=None):
        return self._call("read", external_id)

    def create(self, data):
        return self._call("create", data)

    def write(self, external_id, data):
        return self._call("write", external_id, data)

    def delete(self, external_id):
        return self._call("delete", external_id)
