"""Compares what is in Odoo's database with what is in the machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from .client import Client

SHOWN = 5  # differences of one kind

Records = list[dict[str, Any]]
Picture = Callable[[Any], Any]


def differences(
    client: Client,
    backend_id: int,
    contact_ids: list[int],
    machine: Mapping[str, Mapping[int, Mapping[str, Any]]],
    badges_before: int,
) -> list[str]:
    """Return a line for each thing that is not the same on both sides."""
    own = [("backend_id", "=", backend_id)]
    recipes = client.records(
        "coffee.product.product", own, ["coffee_id", "name", "list_price", "active"]
    )
    badges = client.records(
        "coffee.res.partner", own, ["coffee_id", "odoo_id", "name", "email"]
    )
    brews = client.records(
        "coffee.brew", own, ["coffee_id", "recipe_id", "badge_id", "price"]
    )
    return [
        *_same("recipe", _by_id(recipes, _recipe), machine["recipes"], _machine_recipe),
        *_once("recipe", recipes),
        *_badges(badges, contact_ids, machine["badges"], badges_before),
        *_once("badge", badges),
        *_same(
            "brew",
            _by_id(brews, _brew(recipes, badges)),
            machine["brews"],
            _machine_brew,
        ),
        *_once("brew", brews),
    ]


def _by_id(records: Iterable[dict[str, Any]], picture: Picture) -> dict[int, Any]:
    return {record["coffee_id"]: picture(record) for record in records}


def _once(kind: str, records: Iterable[dict[str, Any]]) -> list[str]:
    counts = Counter(record["coffee_id"] for record in records)
    return [
        f"{kind} {number} is in Odoo {count} times"
        for number, count in counts.items()
        if count > 1
    ][:SHOWN]


def _same(
    kind: str,
    odoo: Mapping[int, Any],
    machine: Mapping[int, Any],
    picture: Picture,
) -> list[str]:
    wrong = []
    for number in sorted(odoo.keys() | machine.keys()):
        if number not in odoo:
            wrong.append(f"{kind} {number} is missing in Odoo")
        elif number not in machine:
            wrong.append(f"{kind} {number} is not on the machine")
        elif odoo[number] != (actual := picture(machine[number])):
            wrong.append(f"{kind} {number}: Odoo {odoo[number]}, machine {actual}")
    more = len(wrong) - SHOWN
    return wrong[:SHOWN] + ([f"... and {more} more of {kind}s"] if more > 0 else [])


def _cents(amount: float) -> int:
    return round(amount * 100)


def _recipe(record: dict[str, Any]) -> tuple[Any, ...]:
    return record["name"], _cents(record["list_price"]), record["active"]


def _machine_recipe(record: Mapping[str, Any]) -> tuple[Any, ...]:
    return record["name"], record["price"]["amount"], record["active"]


def _brew(recipes: Records, badges: Records) -> Picture:
    recipe_ids = {record["id"]: record["coffee_id"] for record in recipes}
    badge_ids = {record["id"]: record["coffee_id"] for record in badges}

    def picture(record: dict[str, Any]) -> tuple[Any, ...]:
        recipe, badge = record["recipe_id"], record["badge_id"]
        return (
            recipe_ids.get(recipe and recipe[0]),
            badge_ids.get(badge and badge[0]),
            _cents(record["price"]),
        )

    return picture


def _machine_brew(record: Mapping[str, Any]) -> tuple[Any, ...]:
    return record["recipe"]["id"], record["badge"]["id"], record["price"]["amount"]


def _badges(
    badges: Records,
    contact_ids: Collection[int],
    machine: Mapping[int, Any],
    badges_before: int,
) -> list[str]:
    wrong = []
    of_contact = {record["odoo_id"][0]: record for record in badges}
    for contact_id in contact_ids:
        ours = of_contact.get(contact_id)
        remote = machine.get(ours["coffee_id"]) if ours else None
        if not ours or not remote:
            wrong.append(f"contact {contact_id} has no badge on the machine")
        elif (ours["name"], ours["email"]) != (
            remote["holder"]["name"],
            remote["holder"]["email"],
        ):
            wrong.append(f"badge {remote['id']}: {ours['name']}, {remote['holder']}")
    expected = badges_before + len(contact_ids)
    if len(machine) != expected:
        wrong.append(f"the machine has {len(machine)} badges, not {expected}")
    return wrong[:SHOWN]
