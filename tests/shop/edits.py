"""What happens in a shop on any day: edits, new records, deletions."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from .api import Api, Record
from .orders import FATES, Buying, meet
from .people import address


class Edits:
    """Random changes of the records of a shop."""

    def __init__(self, buying: Buying, seed: int) -> None:
        self._buying = buying
        self._api: Api = buying.admin
        self._rng = random.Random(seed)
        self._number = seed * 1000

    def edit(self, count: int) -> None:
        """Change `count` records."""
        products = list(self._api.every("/admin/products", "products"))
        customers = self._every_customer()
        orders = self._open_orders()
        for _turn in range(count):
            self._number += 1
            kinds: list[tuple[Callable[[Record], Any], Sequence[Record]]] = [
                (self._edit_product, products),
                (self._edit_price, products),
                (self._edit_customer, customers),
                (self._edit_address, customers),
            ]
            if orders:
                kinds.append((self._edit_order, [orders.pop()]))
            change, records = self._rng.choice(kinds)
            change(self._rng.choice(records))

    def delete(self, share: float) -> None:
        """Delete this `share` of the products and of the customers, at least one."""
        for path, records in (
            ("products", list(self._api.every("/admin/products", "products"))),
            ("customers", self._every_customer()),
        ):
            count = max(1, round(len(records) * share))
            for record in self._rng.sample(records, count):
                self._api.delete(f"/admin/{path}/{record['id']}")

    def _every_customer(self) -> list[Record]:
        return list(
            self._api.every("/admin/customers", "customers", fields="*addresses")
        )

    def _open_orders(self) -> list[Record]:
        """Return the orders that nothing has happened to yet."""
        found = [
            order
            for order in self._api.every(
                "/admin/orders", "orders", fields="id,status,*items,*fulfillments"
            )
            if order["status"] == "pending" and not order["fulfillments"]
        ]
        self._rng.shuffle(found)
        return found

    def _edit_product(self, product: Record) -> None:
        changes = self._rng.choice(
            (
                {"title": f"{product['title'].split(' *')[0]} *{self._number}"},
                {"description": f"Improved, {self._number}."},
            )
        )
        self._api.post(f"/admin/products/{product['id']}", changes)

    def _edit_price(self, product: Record) -> None:
        base = self._rng.randrange(300, 20000)
        variants = [
            {
                "id": variant["id"],
                "prices": [
                    {"currency_code": "eur", "amount": (base + 150 * place) / 100},
                    {"currency_code": "usd", "amount": (base + 195 * place) / 100},
                ],
            }
            for variant in product["variants"]
            for place in [int(variant["sku"].rpartition("-")[2])]
        ]
        path = f"/admin/products/{product['id']}/variants/batch"
        self._api.post(path, {"update": variants})

    def _edit_customer(self, customer: Record) -> None:
        changes = self._rng.choice(
            (
                {"first_name": f"Renamed {self._number}"},
                {"phone": f"+32 9 200 {self._number}"},
            )
        )
        self._api.post(f"/admin/customers/{customer['id']}", changes)

    def _edit_address(self, customer: Record) -> None:
        path = f"/admin/customers/{customer['id']}/addresses"
        home = customer["addresses"][0]
        if self._rng.random() < 0.5:
            path = f"{path}/{home['id']}"
            self._api.post(path, {"address_1": f"Moved {self._number}"})
            return
        names = (customer["first_name"], customer["last_name"])
        self._api.post(path, address(self._rng, *names, home["country_code"]))

    def _edit_order(self, order: Record) -> None:
        fates = [fate for fate in FATES if fate not in ("open", "paid")]
        meet(self._buying, order, self._rng.choice(fates), self._number)
