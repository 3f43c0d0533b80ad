"""All that a shop is filled with."""

from __future__ import annotations

from setup.steps import say

from . import catalog, ground, orders, people
from .api import as_administrator, as_buyer
from .server import Shop
from .sizes import Sizes


def fill(shop: Shop, sizes: Sizes) -> ground.Ground:
    """Fill an empty shop by its own API; return the ids of what is there once."""
    admin = as_administrator(shop.url)
    laid = ground.lay(admin)
    catalog.fill(admin, laid, sizes, shop.folder / "static", shop.url)
    people.fill(admin, sizes)
    say(f"    {sizes.products} products and {sizes.customers} customers")
    buying = orders.prepare(admin, as_buyer(shop.url, laid.publishable_key), laid)
    orders.fill(buying, sizes.orders, sizes.key)
    say(f"    {sizes.orders} orders")
    return laid
