"""Compares the shop with Odoo, field by field."""

from __future__ import annotations

from dataclasses import dataclass, field

from . import shop_side
from .api import Api
from .odoo_side import Database
from .shop_side import Facts

KINDS = ("products", "variants", "customers", "orders")
SHOWN = 5  # differences of one kind


@dataclass
class Comparison:
    """What came of comparing one kind of record."""

    kind: str
    in_shop: int
    in_odoo: int
    compared_fields: int = 0
    differences: list[str] = field(default_factory=list)


def compare(api: Api, database: Database) -> list[Comparison]:
    """Compare all kinds of records of both sides."""
    results = [
        _compare(kind, getattr(shop_side, kind)(api), getattr(database, kind)())
        for kind in KINDS
    ]
    twice = list(database.twice())
    return [*results, Comparison("found twice", 0, len(twice), differences=twice)]


def differences(results: list[Comparison]) -> list[str]:
    """Return a line for each difference, of each kind the first few."""
    lines = []
    for result in results:
        lines += [f"{result.kind}: {text}" for text in result.differences[:SHOWN]]
        if (more := len(result.differences) - SHOWN) > 0:
            lines.append(f"{result.kind}: ... and {more} more")
    return lines


def _compare(kind: str, shop: Facts, odoo: Facts) -> Comparison:
    result = Comparison(kind, len(shop), len(odoo))
    for key in sorted(shop.keys() | odoo.keys()):
        if key not in odoo:
            result.differences.append(f"{key} is missing in Odoo: {shop[key]}")
        elif key not in shop:
            result.differences.append(f"{key} is not in the shop: {odoo[key]}")
        else:
            for name, value in shop[key].items():
                result.compared_fields += 1
                if odoo[key][name] != value:
                    result.differences.append(
                        f"{key}, {name}: shop {value!r}, Odoo {odoo[key][name]!r}"
                    )
    return result
