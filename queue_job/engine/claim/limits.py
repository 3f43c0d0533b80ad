"""The limits of channels: of their records, and of the server's configuration.

To add one: a field of :class:`Limits` and of :class:`ChannelRecord`, how it is read in
:data:`OPTIONS`, its rule in :meth:`Limits.block_reason`, and the field of
``queue.job.channel`` of the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from .block_reason import FULL, PAUSED, THROTTLED, BlockReason
from .capacity import Share, parse_capacity

_TRUE = {"1", "true", "yes", "on", "y", "t"}
_FALSE = {"0", "false", "no", "off", "n", "f", ""}


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

    def block_reason(
        self, capacity: int | None, in_use: int, since_start: float | None
    ) -> BlockReason | None:
        """Return why no job may start in this channel, None when one may.

        :param capacity: slots, with a share resolved; None means no limit
        :param in_use: slots in use
        :param since_start: seconds since the last start, None if unknown
        """
        if self.paused:
            return BlockReason(PAUSED, self.name)
        if self.sequential and (capacity is None or capacity > 1):
            capacity = 1
        if capacity is not None and in_use >= capacity:
            return BlockReason(FULL, self.name)
        if self.throttle and since_start is not None:
            seconds = self.throttle - since_start
            if seconds > 0:
                return BlockReason(THROTTLED, self.name, seconds)
        return None


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
        former_names=tuple((record.former_names or "").splitlines()),
        **_valid_options(record),
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


def _valid_options(record: ChannelRecord) -> dict[str, Any]:
    options = {}
    for name, read in OPTIONS.items():
        with suppress(ValueError):
            options[name] = read(name, getattr(record, name))
    return options


def _capacity(_name: str, value: Any) -> int | Share | None:
    return parse_capacity(value)


def _boolean(name: str, value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise ValueError(f"{name} must be yes or no, not {value!r}")


def _seconds(name: str, value: Any) -> int:
    if value is True:
        return 1
    try:
        seconds = int(0 if value is None else value)
    except ValueError:
        raise ValueError(f"{name} must be a number of seconds, not {value!r}") from None
    if seconds < 0:
        raise ValueError(f"{name} cannot be negative: {value}")
    return seconds


#: How each option is read, from the column of a record or the text of a channel string,
#: where one without value is True; called with its name and the value. Raises
#: ValueError, naming the problem.
OPTIONS: Mapping[str, Callable[[str, Any], Any]] = {
    "capacity": _capacity,
    "sequential": _boolean,
    "throttle": _seconds,
    "paused": _boolean,
    "subchannel_capacity": _capacity,
}
