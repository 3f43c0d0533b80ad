"""Products with variants, options, images, prices in two currencies, and stock."""

from __future__ import annotations

import random
import struct
import zlib
from pathlib import Path

from .api import Api, Record
from .ground import Ground
from .sizes import Sizes

KINDS = ("Kettle", "Cup", "Grinder", "Dripper", "Scale", "Tamper", "Filter", "Jug")
MAKERS = ("Bruges", "Garonne", "Elbe", "Hudson", "Meuse", "Saône", "Lys", "Ourthe")
SIZES = ("S", "M", "L")
COLORS = ("Black", "Écru")
BATCH = 20  # products in one request


def fill(api: Api, ground: Ground, sizes: Sizes, static: Path, url: str) -> None:
    """Make the products; their pictures are files in the folder `static` of `url`."""
    rng = random.Random(sizes.key)
    static.mkdir(exist_ok=True)
    counts = variants_of_each(sizes)
    products = []
    for number, variants in enumerate(counts, 1):
        picture = static / f"product-{number}.png"
        picture.write_bytes(png(number * 37 % 256, number * 91 % 256, 120))
        made = product(rng, number, variants)
        address = f"{url}/static/{picture.name}"
        products.append(
            {
                **made,
                "thumbnail": address,
                "images": [{"url": address}],
                "sales_channels": [{"id": ground.sales_channel}],
                "shipping_profile_id": ground.profile,
            }
        )
    for start in range(0, len(products), BATCH):
        api.post("/admin/products/batch", {"create": products[start : start + BATCH]})
    _stock(api, ground, rng)


def variants_of_each(sizes: Sizes) -> list[int]:
    """Return how many variants each product has: one, two or six."""
    counts = [1] * sizes.products
    left = sizes.variants - sizes.products
    for number in range(sizes.products):
        wanted = (0, 1, 5, 1)[number % 4]
        given = min(wanted, left) if min(wanted, left) in (0, 1, 5) else 1
        counts[number] += given
        left -= given
    for number in range(sizes.products):
        if left and counts[number] == 1:
            counts[number] += 1
            left -= 1
    return counts


def product(rng: random.Random, number: int, variants: int) -> Record:
    """Return a product as the shop's API takes it."""
    title = f"{rng.choice(KINDS)} {rng.choice(MAKERS)} {number}"
    price = rng.randrange(300, 20000)
    options = {"Size": ["One size"]}
    if variants > 1:
        options = {"Size": list(SIZES[: min(variants, 3)])}
    if variants > 3:
        options["Color"] = list(COLORS)
    combinations = [
        {"Size": size, **({"Color": color} if color else {})}
        for color in options.get("Color", [""])
        for size in options["Size"]
    ]
    return {
        "title": title,
        "handle": f"product-{number}",
        "description": f"{title}, made by hand.\nHolds {rng.randrange(1, 9)} dl.",
        "status": "published",
        "weight": rng.randrange(50, 3000),
        "options": [{"title": name, "values": v} for name, v in options.items()],
        "variants": [
            {
                "title": " / ".join(chosen.values()),
                "sku": f"P{number:03}-{place}",
                "options": chosen,
                "manage_inventory": True,
                "variant_rank": place,
                "prices": [
                    {"currency_code": "eur", "amount": (price + 150 * place) / 100},
                    {"currency_code": "usd", "amount": (price + 195 * place) / 100},
                ],
            }
            for place, chosen in enumerate(combinations)
        ],
    }


def _stock(api: Api, ground: Ground, rng: random.Random) -> None:
    levels = [
        {
            "inventory_item_id": item["id"],
            "location_id": ground.location,
            "stocked_quantity": rng.randrange(200, 2000),
        }
        for item in api.every("/admin/inventory-items", "inventory_items", order="sku")
    ]
    for start in range(0, len(levels), 100):
        path = "/admin/inventory-items/location-levels/batch"
        api.post(path, {"create": levels[start : start + 100]})


def png(red: int, green: int, blue: int, size: int = 64) -> bytes:
    """Return a picture of one color, `size` pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    row = b"\0" + bytes((red, green, blue)) * size
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(row * size))
        + chunk(b"IEND", b"")
    )
