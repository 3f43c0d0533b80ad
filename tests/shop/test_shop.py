"""The shop by itself: it is full, it is real, and it tells what happens in it."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from collections import Counter

import requests

from . import api, orders, shop_side, sizes
from .ground import Ground
from .receiver import receiving
from .server import Shop

SEED = 4


def test_it_holds_what_was_asked_for(full_shop: tuple[Shop, Ground]) -> None:
    shop, ground = full_shop
    admin = api.with_key(shop.url, ground.secret_key)
    counts = [
        len(getattr(shop_side, kind)(admin))
        for kind in ("products", "variants", "customers", "orders")
    ]
    assert sizes.Sizes(*counts) == sizes.SHORT


def test_orders_are_in_all_states(full_shop: tuple[Shop, Ground]) -> None:
    shop, ground = full_shop
    admin = api.with_key(shop.url, ground.secret_key)
    fields = "status,payment_status,fulfillment_status,*fulfillments.labels"
    found = list(admin.every("/admin/orders", "orders", fields=fields))
    assert {"pending", "canceled"} == {order["status"] for order in found}
    states = Counter(order["fulfillment_status"] for order in found)
    assert {"not_fulfilled", "fulfilled", "shipped", "delivered"} <= set(states)
    assert {"captured", "authorized"} <= {order["payment_status"] for order in found}
    labels = [
        label["tracking_number"]
        for order in found
        for fulfillment in order["fulfillments"]
        for label in fulfillment["labels"]
    ]
    assert len(labels) == len(set(labels)) == states["shipped"] + states["delivered"]


def test_pictures_come_from_where_it_says(full_shop: tuple[Shop, Ground]) -> None:
    shop, ground = full_shop
    admin = api.with_key(shop.url, ground.secret_key)
    (product,) = admin.get("/admin/products", limit=1, order="id")["products"]
    for url in (product["thumbnail"], product["images"][0]["url"]):
        assert url.startswith(shop.url)
        assert requests.get(url, timeout=30).content.startswith(b"\x89PNG")


def test_an_order_is_told_by_a_signed_webhook(full_shop: tuple[Shop, Ground]) -> None:
    shop, ground = full_shop
    admin = api.with_key(shop.url, ground.secret_key)
    buyer = api.as_buyer(shop.url, ground.publishable_key)
    buying = orders.prepare(admin, buyer, ground)
    with receiving() as (url, deliveries):
        shop.send_webhooks(url, "the secret")
        placed = orders.place(buying, random.Random(SEED))
        delivery = deliveries.get(timeout=60)
        shop.send_no_webhooks()
    body = json.loads(delivery.body)
    assert (body["event"], body["id"]) == ("order.placed", placed["id"])
    expected = hmac.new(b"the secret", delivery.body, hashlib.sha256).hexdigest()
    assert delivery.signature == f"sha256={expected}"


def test_it_keeps_its_orders_when_it_is_killed(full_shop: tuple[Shop, Ground]) -> None:
    shop, ground = full_shop
    admin = api.with_key(shop.url, ground.secret_key)
    before = shop_side.orders(admin)
    shop.kill()
    assert not shop.responds()
    shop.start()
    assert shop_side.orders(admin) == before
