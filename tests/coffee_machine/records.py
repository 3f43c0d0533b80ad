"""What the machine keeps: recipes, badges and brews.

Records never change: an update stores a new one under the same id, so a reader
needs no lock for what it holds. Prices are in cents, moments are aware, in UTC,
and whole seconds.
"""

from dataclasses import dataclass
from datetime import datetime

CURRENCY = "EUR"


@dataclass(frozen=True)
class Recipe:
    id: int
    name: str
    price_cents: int
    strength: int
    volume_ml: int
    active: bool
    updated_at: datetime


@dataclass(frozen=True)
class Badge:
    id: int
    holder_name: str
    holder_email: str | None
    ref: str | None
    active: bool
    updated_at: datetime


@dataclass(frozen=True)
class Brew:
    """A cup that was poured, at the price that its recipe had then."""

    id: int
    recipe_id: int
    badge_id: int
    price_cents: int
    brewed_at: datetime
    updated_at: datetime
