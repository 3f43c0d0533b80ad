from odoo.addons.component.core import AbstractComponent, Component
from odoo.addons.connector.components.http.pagination import PagePaging
from odoo.addons.connector.components.mapper import mapping


class MarketBase(AbstractComponent):
    _name = "market.base"
    _inherit = "base.connector"
    _collection = "market.backend"


class MarketBinder(Component):
    _name = "market.binder"
    _inherit = ["base.binder", "market.base"]
    _apply_on = "market.product"
    _odoo_field = "id"


class MarketAdapter(Component):
    _name = "market.adapter"
    _inherit = ["base.rest.adapter", "market.base"]
    _apply_on = "market.product"
    _path = "/products"
    _paging = PagePaging(size=3)
    _max_response_bytes = 1024 * 1024


class MarketBatchImporter(Component):
    _name = "market.batch.importer"
    _inherit = ["generic.bulk.importer", "market.base"]
    _apply_on = "market.product"


class MarketImporter(Component):
    _name = "market.importer"
    _inherit = ["generic.record.importer", "market.base"]
    _apply_on = "market.product"


class MarketMapper(Component):
    _name = "market.mapper"
    _inherit = ["base.import.mapper", "market.base"]
    _apply_on = "market.product"

    direct = [("name", "name")]

    @mapping
    def price(self, record):
        return {"price": float(record["price"])}


class MarketDeleter(Component):
    _name = "market.deleter"
    _inherit = ["generic.import.deleter", "market.base"]
    _apply_on = "market.product"
