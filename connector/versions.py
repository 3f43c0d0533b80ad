"""Version ranges, and which of two is more specific."""

from __future__ import annotations

import functools

from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version


@functools.lru_cache(maxsize=256)
def parse_specifier(text: str) -> SpecifierSet:
    """Parse a specifier like ``>=2,<3``.

    :raises ValueError: the text is not a specifier
    """
    try:
        return SpecifierSet(text, prereleases=True)
    except InvalidSpecifier as error:
        raise ValueError(
            f"{text!r} is not a version specifier: use the form '>=2,<3'"
        ) from error


@functools.lru_cache(maxsize=256)
def parse_version(text: str) -> Version:
    """Parse a version like ``2.1`` or ``v2``.

    :raises ValueError: the text cannot be compared as a version
    """
    try:
        return Version(text)
    except InvalidVersion as error:
        raise ValueError(
            f"{text!r} cannot be compared as a version: use numbers like '2.1'"
        ) from error


def serves(specifier: str, version: str) -> bool:
    """Whether a version lies in the range of a specifier."""
    return parse_version(version) in parse_specifier(specifier)


def is_more_specific(one: str | None, other: str | None) -> bool:
    """Whether one range lies within another and is not the same.

    No specifier is the widest range. Ranges that merely overlap are not comparable.
    """
    if not one or not other:
        return bool(one) and not other
    (low, high), (other_low, other_high) = _bounds(one), _bounds(other)
    return (other_low <= low and high <= other_high) and (
        (low, high) != (other_low, other_high)
    )


# A bound is (rank, version, side): rank -1 and 1 are the infinities; side 1 lies just
# after its version, so that (>2) starts after (>=2) and (<=3) ends after (<3).
_LOWEST = (-1, Version("0"), 0)
_HIGHEST = (1, Version("0"), 0)


@functools.lru_cache(maxsize=256)
def _bounds(text: str) -> tuple[tuple, tuple]:
    low, high = _LOWEST, _HIGHEST
    for specifier in parse_specifier(text):
        lower, upper = _bounds_of_one(specifier)
        low, high = max(low, lower), min(high, upper)
    return low, high


def _bounds_of_one(specifier: Specifier) -> tuple[tuple, tuple]:
    operator, text = specifier.operator, specifier.version
    if operator == "==" and text.endswith(".*"):
        version = Version(text[:-2])
        return (0, version, 0), (0, _next_release(version, 0), 0)
    if operator in ("!=", "==="):
        return _LOWEST, _HIGHEST
    version = Version(text)
    if operator == "~=":
        return (0, version, 0), (0, _next_release(version, 1), 0)
    before, after = (0, version, 0), (0, version, 1)
    return {
        "==": (before, after),
        ">=": (before, _HIGHEST),
        ">": (after, _HIGHEST),
        "<=": (_LOWEST, after),
        "<": (_LOWEST, before),
    }[operator]


def _next_release(version: Version, dropped: int) -> Version:
    release = version.release[: len(version.release) - dropped]
    return Version(".".join(map(str, (*release[:-1], release[-1] + 1))))
