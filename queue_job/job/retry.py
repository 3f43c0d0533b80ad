"""The delay before the next attempt of a job: the retry policy of its job function.

A policy is the value of the field ``retry_pattern`` of a job function: a pattern,
``{1: 60, 5: 600}``, or the name of another policy and its settings,
``{"policy": "exponential", "base": 10, "max": 3600}``. To add a policy: a class in
:data:`POLICIES`, whose fields are its settings.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any, Protocol

from .states import RETRY_INTERVAL

#: Key of ``retry_pattern`` that names a policy.
POLICY = "policy"


class RetryPolicy(Protocol):
    """Determines the seconds before the next attempt of a job."""

    def wait(self, tries: int) -> Any:
        """Return the seconds to wait after ``tries`` attempts, or a range of them."""


@dataclasses.dataclass(frozen=True)
class RetryPattern:
    """Seconds by the number of attempts from which they apply."""

    steps: Mapping[int, Any] = dataclasses.field(default_factory=dict)

    def wait(self, tries: int) -> Any:
        reached = [count for count in self.steps if count <= tries]
        return self.steps[max(reached)] if reached else RETRY_INTERVAL


@dataclasses.dataclass(frozen=True)
class ExponentialBackoff:
    """``base`` seconds after the first attempt, doubled after each further one, at most
    ``max``.

    A random delay of up to a quarter less is drawn, so that jobs which failed together
    are not retried together.
    """

    base: int
    max: int = 3600

    def __post_init__(self):
        for name in ("base", "max"):
            value = getattr(self, name)
            if type(value) is not int or value < 1:
                raise ValueError(f"{name} is {value!r}: give a number of seconds")

    def wait(self, tries: int) -> tuple[int, int]:
        seconds = min(self.max, self.base * 2 ** min(max(tries - 1, 0), 30))
        return max(1, seconds * 3 // 4), seconds


POLICIES: dict[str, type[RetryPolicy]] = {
    "exponential": ExponentialBackoff,
}


def names_policy(pattern: Any) -> bool:
    """Tell whether a ``retry_pattern`` names a policy instead of being a pattern."""
    return isinstance(pattern, dict) and POLICY in pattern


def named_policy(settings: Mapping[str, Any]) -> RetryPolicy:
    """Return the policy that ``retry_pattern`` names.

    :raises ValueError: naming what is wrong with it
    """
    name = settings[POLICY]
    policy = POLICIES.get(name) if isinstance(name, str) else None
    if policy is None:
        raise ValueError(
            f"There is no retry policy {name!r}. Use one of: {', '.join(POLICIES)}."
        )
    known = {field.name: field for field in dataclasses.fields(policy)}  # type: ignore[arg-type]
    given = {key: value for key, value in settings.items() if key != POLICY}
    if unknown := given.keys() - known.keys():
        raise ValueError(
            f"The retry policy {name} has no setting {', '.join(map(str, unknown))}. "
            f"Its settings are: {', '.join(known)}."
        )
    for key, field in known.items():
        if key not in given and field.default is dataclasses.MISSING:
            raise ValueError(f"The retry policy {name} needs the setting {key}.")
    try:
        return policy(**given)
    except ValueError as error:
        raise ValueError(f"Retry policy {name}: {error}.") from error
