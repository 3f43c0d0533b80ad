"""The limits of channels: of their records, and of the server's configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from .capacity import Share, parse_capacity


@dataclass(frozen=True)
class Limits:
    """The limits of one channel.

    ``capacity`` and ``subchannel_capacity`` (the capacity of sub-channels without
    one): None means no limit. ``throttle``: seconds between two starts.
    ``source``: where they are set, ``record`` or ``configuration``.
    ``former_names``: complete names the channel had before.
    """

    name: str
    capacity: int | Share | None = None
    sequential: bool = False
    throttle: int = 0
    paused: bool = False
    subchannel_capacity: int | Share | None = None
    source: str = "record"
    former_names: tuple[str, ...] = ()


class ChannelRecord(NamedTuple):
    """The columns of a channel's record which make its limits, as they are stored."""

    complete_name: str
    capacity: str | None = None
    sequential: bool | None = None
    throttle: int | None = None
    paused: bool | None = None
    subchannel_capacity: str | None = None
    former_names: str | None = None


def limits_of_record(record: ChannelRecord) -> Limits:
    """Return the limits of a channel record; invalid values set no limit."""
    return Limits(
        name=record.complete_name,
        capacity=_tolerant_capacity(record.capacity),
        sequential=bool(record.sequential),
        throttle=max(0, record.throttle or 0),
        paused=bool(record.paused),
        subchannel_capacity=_tolerant_capacity(record.subchannel_capacity),
        former_names=tuple((record.former_names or "").splitlines()),
    )


def effective_limits(
    records: Iterable[ChannelRecord], configured: Mapping[str, Limits]
) -> list[Limits]:
    """Return the effective limits: the configuration takes precedence over the records.

    :param configured: limits by complete name
    """
    limits = {limit.name: limit for limit in map(limits_of_record, records)}
    for name, limit in configured.items():
        former_names = limits[name].former_names if name in limits else ()
        limits[name] = replace(limit, former_names=former_names)
    return list(limits.values())


def _tolerant_capacity(text: Any) -> Any:
    try:
        return parse_capacity(text)
    except ValueError:
        return None
