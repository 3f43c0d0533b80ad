"""How much is in a shop."""

from __future__ import annotations

from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class Sizes:
    """Counts of records."""

    products: int
    variants: int
    customers: int
    orders: int

    @property
    def key(self) -> str:
        """Return a text that is another for other sizes."""
        return "_".join(map(str, astuple(self)))


LONG = Sizes(products=300, variants=720, customers=200, orders=500)
SHORT = Sizes(products=30, variants=72, customers=20, orders=25)
