from odoo.addons.component.core import AbstractComponent


class BaseShopConnector(AbstractComponent):
    _name = "shop.base"
    _inherit = "base.connector"
    _collection = "shop.backend"
