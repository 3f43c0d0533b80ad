from odoo.addons.connector.tests.common import ConnectorCase

from ..models.shop_backend import SHOPS, Shop


class ShopCase(ConnectorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend = cls.env["shop.backend"].create({"name": "Shop"})

    def setUp(self):
        super().setUp()
        self.shop = SHOPS[self.backend.id] = Shop()
        self.addCleanup(SHOPS.pop, self.backend.id)

    def component(self, usage, model_name="shop.res.partner"):
        with self.work_on(self.backend, model_name) as work:
            return work.component(usage=usage)

    def bind_partner(self, external_id=None, **values):
        partner_values = {"name": "Ada", **values}
        partner = self.env["res.partner"].create(partner_values)
        return self.bind(self.backend, "shop.res.partner", partner, external_id)
