"""Customers with addresses."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

from .api import Api, Record
from .sizes import Sizes

FIRST = ("Ada", "Björn", "Chloé", "Dirk", "Élise", "Femke", "Grace", "Hugo", "Ines")
LAST = ("Peeters", "Müller", "Dubois", "O'Hara", "Janssens", "Weiß", "Lefèvre", "Smith")
CITIES = {
    "be": ("Gent", "9000"),
    "de": ("Köln", "50667"),
    "fr": ("Lyon", "69001"),
    "us": ("Albany", "12207"),
}
AT_ONCE = 4


def fill(api: Api, sizes: Sizes) -> None:
    """Make the customers."""
    rng = random.Random(sizes.key)
    people = [_person(rng, number) for number in range(1, sizes.customers + 1)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda person: _make(api, *person), people))


def address(rng: random.Random, first: str, last: str, country: str) -> Record:
    """Return an address as the shop's API takes it."""
    city, postal_code = CITIES[country]
    street = rng.choice(("Rue", "Street", "Straat"))
    return {
        "first_name": first,
        "last_name": last,
        "address_1": f"{street} {rng.randrange(1, 200)}",
        "address_2": rng.choice(("", "Box 3", "2nd floor")),
        "city": city,
        "postal_code": postal_code,
        "country_code": country,
        "phone": f"+32 9 {rng.randrange(100, 999)} {rng.randrange(10, 99)}",
    }


def _person(rng: random.Random, number: int) -> tuple[Record, list[Record]]:
    first, last = rng.choice(FIRST), rng.choice(LAST)
    person = {
        "email": f"customer{number}@example.com",
        "first_name": first,
        "last_name": last,
        "phone": f"+32 9 100 {number:03}",
    }
    if number % 5 == 0:
        person["company_name"] = f"{last} & Co {number}"
    count = 2 if number % 7 == 0 else 1
    homes = [
        address(rng, first, last, rng.choice(list(CITIES))) for _each in range(count)
    ]
    homes[0].update(is_default_billing=True, address_name="Home")
    homes[-1].update(is_default_shipping=True)
    return person, homes


def _make(api: Api, person: Record, homes: list[Record]) -> None:
    made = api.post("/admin/customers", person)["customer"]["id"]
    for home in homes:
        api.post(f"/admin/customers/{made}/addresses", home)
