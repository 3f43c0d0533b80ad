from odoo import fields, models


class ShopWishlist(models.Model):
    """Its lines have their own bindings, its texts are translated."""

    _name = "shop.wishlist"
    _inherit = "connector.binding"
    _description = "Shop Wishlist"

    backend_id = fields.Many2one("shop.backend", required=True)
    external_id = fields.Char()
    name = fields.Char(translate=True)
    country_id = fields.Many2one("res.country")
    city = fields.Char()
    wish_ids = fields.One2many("shop.wish", "wishlist_id")

    def _external_url(self):
        if not self.external_id:
            return super()._external_url()
        return f"https://shop.example.com/wishlists/{self.external_id}"


class ShopWish(models.Model):
    _name = "shop.wish"
    _inherit = "connector.binding"
    _description = "Shop Wish"

    backend_id = fields.Many2one("shop.backend")
    external_id = fields.Char()
    wishlist_id = fields.Many2one("shop.wishlist", ondelete="cascade")
    name = fields.Char()

    _shop_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This wish is known already."
    )
