"""Orders, placed as the shop's pages place them, and what becomes of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from .api import Api, Record
from .ground import PAYMENT, PROMOTIONS, REGIONS, Ground
from .people import AT_ONCE, address

#: what becomes of orders; the shares of a run are those of this list
FATES = ("open", "paid", "open", "fulfilled", "shipped", "delivered", "canceled")


@dataclass(frozen=True)
class Buying:
    """What is needed to place orders."""

    admin: Api
    buyer: Api
    ground: Ground
    variants: Sequence[Record]
    customers: Sequence[Record]


def prepare(admin: Api, buyer: Api, ground: Ground) -> Buying:
    """Return what orders can be placed of and by."""
    products = list(admin.every("/admin/products", "products"))
    variants = [variant for product in products for variant in product["variants"]]
    customers = list(admin.every("/admin/customers", "customers"))
    variants.sort(key=lambda variant: variant["sku"])
    customers.sort(key=lambda customer: customer["email"])
    return Buying(admin, buyer, ground, variants, customers)


def fill(buying: Buying, count: int, seed: str) -> None:
    """Place `count` orders, and pay, ship or cancel some."""

    def one(number: int) -> None:
        rng = random.Random(f"{seed} {number}")
        order = place(buying, rng)
        meet(buying, order, FATES[number % len(FATES)], number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, range(count)))


def place(buying: Buying, rng: random.Random) -> Record:
    """Place an order as a buyer does: cart, shipping, payment, order."""
    customer = rng.choice(buying.customers)
    region = rng.choice(list(REGIONS))
    home = address(
        rng,
        customer["first_name"],
        customer["last_name"],
        rng.choice(REGIONS[region][1]),
    )
    lines = rng.sample(buying.variants, rng.randrange(1, 5))
    body = {
        "region_id": buying.ground.regions[region],
        "sales_channel_id": buying.ground.sales_channel,
        "email": customer["email"],
        "shipping_address": home,
        "billing_address": home,
        "items": [
            {"variant_id": variant["id"], "quantity": rng.randrange(1, 4)}
            for variant in lines
        ],
    }
    if rng.random() < 0.3:
        body["promo_codes"] = [rng.choice(list(PROMOTIONS))]
    post = buying.buyer.post
    cart = post("/store/carts", body)["cart"]["id"]
    option = rng.choice(list(buying.ground.shipping.values()))
    post(f"/store/carts/{cart}/shipping-methods", {"option_id": option})
    collection = post("/store/payment-collections", {"cart_id": cart})
    path = f"/store/payment-collections/{collection['payment_collection']['id']}"
    post(f"{path}/payment-sessions", {"provider_id": PAYMENT})
    return post(f"/store/carts/{cart}/complete")["order"]


def meet(buying: Buying, order: Record, fate: str, number: int) -> None:
    """Let an order meet its fate, one of `FATES`."""
    path, post = f"/admin/orders/{order['id']}", buying.admin.post
    if fate == "canceled":
        post(f"{path}/cancel")
        return
    if fate in ("paid", "shipped", "delivered"):
        pay(buying.admin, order["id"])
    if fate not in ("fulfilled", "shipped", "delivered"):
        return
    items = [
        {"id": line["id"], "quantity": line["quantity"]} for line in order["items"]
    ]
    body = {"items": items, "location_id": buying.ground.location}
    fulfilled = post(f"{path}/fulfillments", body, fields="*fulfillments")["order"]
    if fate == "fulfilled":
        return
    path = f"{path}/fulfillments/{fulfilled['fulfillments'][0]['id']}"
    tracking = f"BE{number:08}"
    label = {
        "tracking_number": tracking,
        "tracking_url": f"https://parcels.example.com/{tracking}",
        "label_url": "",
    }
    post(f"{path}/shipments", {"items": items, "labels": [label]})
    if fate == "delivered":
        post(f"{path}/mark-as-delivered")


def pay(admin: Api, order_id: str) -> None:
    """Capture the payments of an order."""
    fields = "*payment_collections.payments"
    order = admin.get(f"/admin/orders/{order_id}", fields=fields)["order"]
    for collection in order["payment_collections"]:
        for payment in collection["payments"]:
            if not payment["captured_at"]:
                admin.post(f"/admin/payments/{payment['id']}/capture")
