"""Seed data: the same settings give the same data, to the second.

Ids of the three tables start far apart, so that a client that mixes them up is
found out. Recipes come in menus released together: many share one ``updated_at``,
as on a real device, and a client's cursor has to cope.
"""

import itertools
import random
import unicodedata
from datetime import datetime, timedelta

from .records import Badge, Brew, Recipe
from .settings import Settings
from .words import DRINKS, FIRST_NAMES, LAST_NAMES, ORIGINS

FIRST_RECIPE, FIRST_BADGE, FIRST_BREW = 1, 1001, 100001
BREW_DAYS = 90
MENU_SIZE = 12

# Cups an hour: the morning, after lunch, little at night.
_HOURS = (1, 1, 1, 1, 1, 4, 15, 40, 60, 50, 40, 25, 20, 45, 40, 25, 20, 10) + (2,) * 6
_WEEKDAYS = (10, 10, 10, 10, 9, 2, 1)


def recipes(settings: Settings) -> list[Recipe]:
    rng = random.Random(f"recipes {settings.seed}")
    menus = -(-settings.recipes // MENU_SIZE)
    released = sorted(
        _before(settings.epoch, rng.uniform(BREW_DAYS, 400)) for _ in range(menus)
    )
    made = []
    for number, (name, strength, volume, price) in enumerate(
        _drinks(rng, settings.recipes)
    ):
        made.append(
            Recipe(
                id=FIRST_RECIPE + number,
                name=name,
                price_cents=price + 5 * rng.randrange(12),
                strength=strength,
                volume_ml=volume,
                active=rng.random() >= 0.05,
                updated_at=released[number // MENU_SIZE],
            )
        )
    return made


def badges(settings: Settings) -> list[Badge]:
    rng = random.Random(f"badges {settings.seed}")
    made = []
    emails: set[str] = set()
    for number, (first, last) in enumerate(
        _endless_sample(rng, list(itertools.product(FIRST_NAMES, LAST_NAMES)))
    ):
        if number == settings.badges:
            return made
        made.append(
            Badge(
                id=FIRST_BADGE + number,
                holder_name=f"{first} {last}",
                holder_email=_email(first, last, emails),
                ref=None,
                active=rng.random() >= 0.05,
                updated_at=_before(settings.epoch, rng.uniform(BREW_DAYS, 700)),
            )
        )
    return made


def brews(
    settings: Settings, of_recipes: list[Recipe], of_badges: list[Badge]
) -> list[Brew]:
    rng = random.Random(f"brews {settings.seed}")
    count = settings.brews
    if not count:
        return []
    # A few recipes and people make most of the cups.
    poured = rng.choices(of_recipes, _popularity(len(of_recipes)), k=count)
    drinkers = rng.choices(of_badges, _popularity(len(of_badges)), k=count)
    moments = sorted(_brew_moments(rng, settings.epoch, count))
    return [
        Brew(
            id=FIRST_BREW + number,
            recipe_id=recipe.id,
            badge_id=badge.id,
            price_cents=recipe.price_cents,
            brewed_at=moment,
            updated_at=moment,
        )
        for number, (recipe, badge, moment) in enumerate(
            zip(poured, drinkers, moments, strict=True)
        )
    ]


def serial(settings: Settings) -> str:
    return f"CM-{random.Random(f'serial {settings.seed}').randrange(10**6):06}"


def _drinks(rng, count):
    """Yield ``count`` drinks with unique names: the plain ones, then by origin."""
    named = [(f"{origin} {d[0]}", *d[1:]) for origin in ORIGINS for d in DRINKS]
    rng.shuffle(named)
    catalogue = [*DRINKS, *named]
    for number in range(count):
        rounds, index = divmod(number, len(catalogue))
        name, *rest = catalogue[index]
        yield (f"{name} No. {rounds + 1}" if rounds else name, *rest)


def _endless_sample(rng, population):
    while True:
        yield from rng.sample(population, len(population))


def _email(first, last, taken):
    plain = unicodedata.normalize("NFKD", f"{first}.{last}".replace("ø", "o").lower())
    local = "".join(c for c in plain if c == "." or (c.isascii() and c.isalnum()))
    tries = itertools.chain([local], (f"{local}{n}" for n in itertools.count(2)))
    email = next(e for e in map("{}@example.com".format, tries) if e not in taken)
    taken.add(email)
    return email


def _popularity(count):
    return [1 / (rank + 3) for rank in range(count)]


def _brew_moments(rng, epoch, count):
    # The last full day is the day before the epoch; one day fewer than BREW_DAYS
    # keeps the first one within the range whatever the epoch's time of day.
    days = [_midnight(epoch) - timedelta(days=back) for back in range(1, BREW_DAYS)]
    weights = [_WEEKDAYS[day.weekday()] for day in days]
    return [
        day + timedelta(hours=hour, seconds=rng.randrange(3600))
        for day, hour in zip(
            rng.choices(days, weights, k=count),
            rng.choices(range(24), _HOURS, k=count),
            strict=True,
        )
    ]


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _before(epoch: datetime, days: float) -> datetime:
    return _midnight(epoch) - timedelta(seconds=int(days * 86400))
