"""Misbehaviour on demand: which request goes wrong, and how.

Each request draws from one seeded generator in the order of arrival, so a client
that asks one thing after another meets the same faults in every run.
"""

import random
import threading
from dataclasses import asdict, dataclass

from .errors import Invalid

LOGIN = "POST /api/login"
KINDS = ("error500", "rate_limit", "slow", "drop", "drop_after", "token_expired")
# What a device in a kitchen does besides: see unkind.py.
UNKIND = ("maintenance", "drip", "bom", "text_type", "short_page", "no_content")


@dataclass(frozen=True)
class FaultPlan:
    """``rate`` of requests go wrong, in one of ``kinds``.

    ``limit``: how many faults in all, None for no end. ``only``: routes as in the
    statistics (``POST /api/badges``), None for all. ``retry_after`` and ``delay``
    are seconds. Raises Invalid.
    """

    rate: float = 0.0
    kinds: tuple[str, ...] = KINDS
    seed: int = 1
    retry_after: int = 1
    delay: float = 2.0
    limit: int | None = None
    only: tuple[str, ...] | None = None

    def __post_init__(self):
        if not _is_number(self.rate) or not 0 <= self.rate <= 1:
            raise Invalid("rate", "rate must be a number from 0 to 1")
        known = (*KINDS, *UNKIND)
        if not self.kinds or not set(self.kinds) <= set(known):
            raise Invalid("kinds", f"kinds must be some of {', '.join(known)}")
        if not _is_whole(self.seed):
            raise Invalid("seed", "seed must be a whole number")
        if not _is_whole(self.retry_after) or self.retry_after < 0:
            raise Invalid("retry_after", "retry_after must be whole seconds")
        if not _is_number(self.delay) or not 0 <= self.delay <= 600:
            raise Invalid("delay", "delay must be 0 to 600 seconds")
        if self.limit is not None and (not _is_whole(self.limit) or self.limit < 0):
            raise Invalid("limit", "limit must be a whole number or null")

    @classmethod
    def from_json(cls, body: dict) -> "FaultPlan":
        unknown = sorted(body.keys() - cls.__dataclass_fields__.keys())
        if unknown:
            raise Invalid(unknown[0], f"faults have no {unknown[0]!r}")
        for name in ("kinds", "only"):
            if body.get(name) is not None:
                body = {**body, name: _texts(name, body[name])}
        return cls(**body)

    def to_json(self) -> dict:
        return asdict(self)


def unkind_plan(seed: int) -> FaultPlan:
    """Return the plan of a machine that is unkind from the start."""
    return FaultPlan(rate=0.2, kinds=(*KINDS, *UNKIND), seed=seed, delay=0.5)


class Faults:
    """Draws faults by the plan; safe to call from any thread."""

    def __init__(self, plan: FaultPlan | None = None):
        self._lock = threading.Lock()
        self.follow(plan or FaultPlan())

    def follow(self, plan: FaultPlan) -> None:
        with self._lock:
            self.plan = plan
            self._rng = random.Random(plan.seed)
            self._left = plan.limit

    def draw(self, route: str) -> str | None:
        """The fault that this request shall meet."""
        with self._lock:
            plan = self.plan
            if plan.only is not None and route not in plan.only:
                return None
            # Both are drawn each time: what a request meets does not change what
            # the ones after it meet.
            happens = self._rng.random() < plan.rate
            kind = self._rng.choice(plan.kinds)
            if not happens or self._left == 0:
                return None
            if kind == "token_expired" and route == LOGIN:
                return None
            if self._left is not None:
                self._left -= 1
            return kind


def _texts(name, value):
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise Invalid(name, f"{name} must be a list of texts")
    return tuple(value)


def _is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value):
    return _is_whole(value) or isinstance(value, float)
