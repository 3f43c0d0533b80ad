"""What the shop holds, read by its API, in the words that both are compared in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .api import Api, Record

#: facts of each record by its id in the shop
Facts = dict[str, dict[str, Any]]

_ORDER = (
    "id,display_id,status,email,currency_code,total,tax_total,"
    "*items,*items.detail,*shipping_address"
)


def cents(amount: object) -> int:
    """Return an amount in cents; half a cent is rounded up."""
    exact = Decimal(str(amount)) * 100
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def products(api: Api) -> Facts:
    """Return the products that are for sale."""
    fields = "id,title,description,status,*images,*variants"
    return {
        product["id"]: {
            "title": product["title"],
            "description": (product["description"] or "").strip(),
            "has a picture": bool(product["images"]),
            "variants": sorted(variant["id"] for variant in product["variants"]),
        }
        for product in api.every("/admin/products", "products", fields=fields)
        if product["status"] == "published"
    }


def variants(api: Api) -> Facts:
    """Return the variants of the products that are for sale."""
    fields = "id,status,*variants,*variants.prices,*variants.options"
    found: Facts = {}
    for product in api.every("/admin/products", "products", fields=fields):
        if product["status"] != "published":
            continue
        for variant in product["variants"]:
            euros = [p for p in variant["prices"] if p["currency_code"] == "eur"]
            found[variant["id"]] = {
                "SKU": variant["sku"],
                "price in EUR": cents(euros[0]["amount"]) if euros else 0,
                "values": _values(option["value"] for option in variant["options"]),
            }
    return found


def customers(api: Api) -> Facts:
    """Return the customers with all of their addresses."""
    return {
        customer["id"]: {
            "name": f"{customer['first_name']} {customer['last_name']}",
            "email": customer["email"],
            "phone": _digits(customer["phone"]),
            "addresses": sorted(_address(a) for a in customer["addresses"]),
        }
        for customer in api.every(
            "/admin/customers", "customers", fields="*addresses,+phone"
        )
    }


def orders(api: Api) -> Facts:
    """Return the orders with their lines and amounts."""
    return {
        order["id"]: {
            "number": str(order["display_id"]),
            "canceled": order["status"] == "canceled",
            "email": order["email"],
            "currency": order["currency_code"].upper(),
            "tax": cents(order["tax_total"]),
            "total": cents(order["total"]),
            "lines": Counter(_line(line) for line in order["items"]),
        }
        for order in api.every("/admin/orders", "orders", fields=_ORDER)
    }


def _line(line: Record) -> tuple[str, int, int]:
    return line["variant_sku"], int(line["quantity"]), cents(line["unit_price"])


def _address(address: Mapping[str, Any]) -> tuple[str, ...]:
    names = ("address_1", "address_2", "postal_code", "city", "country_code")
    return tuple((address[name] or "").strip() for name in names)


def _values(names: Iterable[str]) -> list[str]:
    # Odoo has no attribute where there is nothing to choose
    return sorted(name for name in names if name != "One size")


def _digits(phone: str | None) -> str:
    return "".join(filter(str.isdigit, phone or ""))
