"""The settings a machine starts with."""

from dataclasses import dataclass
from datetime import datetime, timezone

FIRMWARES = (1, 2)

# Fixed, so that two machines of one seed hold the same data whatever the day, and
# in the past, so that what happens now sorts after it.
EPOCH = datetime(2026, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Settings:
    """``epoch`` is the moment at which the seed data ends, ``token_ttl`` is seconds.

    ``one_token``: a login ends the token of the one before. ``unkind``: the seed of a
    machine that misbehaves in all ways from the start, one token at a time.

    Raises ValueError, in words for the person who chose the settings.
    """

    firmware: int = 2
    seed: int = 1
    epoch: datetime = EPOCH
    recipes: int = 120
    badges: int = 40
    brews: int = 2000
    user: str = "barista"
    password: str = "espresso"
    token_ttl: float = 3600
    one_token: bool = False
    unkind: int | None = None

    def __post_init__(self):
        if self.firmware not in FIRMWARES:
            raise ValueError(f"there is no firmware {self.firmware}; choose 1 or 2")
        for name in ("recipes", "badges", "brews"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} cannot be fewer than 0")
        if self.brews and not (self.recipes and self.badges):
            raise ValueError("brews need at least one recipe and one badge")
        if self.token_ttl <= 0:
            raise ValueError("a token must live longer than 0 seconds")
        if self.epoch.tzinfo is None:
            raise ValueError("the epoch needs a time zone")
