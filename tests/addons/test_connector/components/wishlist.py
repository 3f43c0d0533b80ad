from odoo.addons.component.core import Component
from odoo.addons.connector.components.mapper import by_path, default, mapping


class ShopWishBinder(Component):
    _name = "shop.wish.binder"
    _inherit = ["base.binder", "shop.base"]
    _apply_on = ["shop.wishlist", "shop.wish"]
    _odoo_field = "id"


class ShopWishlistAdapter(Component):
    _name = "shop.wishlist.adapter"
    _inherit = ["shop.adapter"]
    _apply_on = "shop.wishlist"

    def read(self, external_id, lang=None):
        return self._call("read", f"{external_id}/{lang}" if lang else external_id)


class ShopWishlistMapper(Component):
    _name = "shop.wishlist.import.mapper"
    _inherit = ["base.import.mapper", "shop.base"]
    _apply_on = "shop.wishlist"

    direct = [("title", "name"), (default(by_path("to.city"), "Paris"), "city")]
    children = [("wishes", "wish_ids", "shop.wish")]

    @mapping
    def country(self, record):
        code = record.get("to", {}).get("country")
        if not code:
            return None
        return {"country_id": self.find("res.country", "code", code).id}


class ShopWishMapper(Component):
    _name = "shop.wish.import.mapper"
    _inherit = ["base.import.mapper", "shop.base"]
    _apply_on = "shop.wish"

    direct = [("what", "name")]


class ShopWishes(Component):
    _name = "shop.wish.map.child"
    _inherit = ["generic.map.child.import", "shop.base"]
    _apply_on = "shop.wish"


class ShopWishlistImporter(Component):
    _name = "shop.wishlist.importer"
    _inherit = ["generic.record.importer", "shop.base"]
    _apply_on = "shop.wishlist"


class ShopWishlistTranslations(Component):
    _name = "shop.wishlist.translations"
    _inherit = ["generic.translation.importer", "shop.base"]
    _apply_on = "shop.wishlist"
