"""The tree of channels: what may start now, and what is in the way.

Pure: it is given the limits, the seats taken and the clock, and reads nothing.
A channel nobody configured exists as soon as a job names it, unlimited but for the
channels above it. A channel that was renamed or moved is meant by its former names too:
jobs, leases and throttles that still carry one count for it.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .capacity import Share

ROOT = "root"


def full_name(channel: str | None) -> str:
    """Return the complete name of a job's channel: ``sale`` means ``root.sale``."""
    name = (channel or "").strip()
    if not name or name == ROOT:
        return ROOT
    return name if name.startswith(f"{ROOT}.") else f"{ROOT}.{name}"


def spellings(channel: str) -> list[str]:
    """Return how rows may write the channel with this complete name."""
    return [channel, "" if channel == ROOT else channel.removeprefix(f"{ROOT}.")]


def ancestry(channel: str) -> tuple[str, ...]:
    """Return the complete names from the root down to ``channel``, itself included."""
    parts = channel.split(".")
    return tuple(".".join(parts[: count + 1]) for count in range(len(parts)))


@dataclass(frozen=True)
class Limits:
    """What is configured for one channel.

    ``capacity`` and ``subchannel_capacity`` (the capacity of sub-channels which have
    none of their own): None means no limit. ``throttle``: seconds between two starts.
    ``source``: where that was written, ``record`` or ``configuration``.
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


@dataclass(frozen=True)
class Obstacle:
    """Why nothing can leave a channel now.

    ``kind``: paused, full, throttled, failed_job or earlier_eta; ``channel``: the one
    that is in the way; ``seconds``: until it is out of the way, when that is known.
    """

    kind: str
    channel: str
    seconds: float | None = None


class ChannelTree:
    """The limits of all channels of a database, on this node.

    ``workers``: how many there are on all nodes, the capacity of the root unless it is
    set.
    """

    def __init__(self, limits: Iterable[Limits], workers: int = 1):
        self._limits = {limit.name: limit for limit in limits}
        self._workers = max(1, workers)
        self._capacities: dict[str, int | None] = {}
        self._current_names = {
            former: limit.name
            for limit in self._limits.values()
            for former in limit.former_names
            if former not in self._limits
        }

    def channel_of(self, text: str | None) -> str:
        """Return the complete name, as it is now, of the channel written in a row."""
        channel = full_name(text)
        if not self._current_names:
            return channel
        for name in reversed(ancestry(channel)):
            if name in self._limits:
                break
            if current := self._current_names.get(name):
                return current + channel[len(name) :]
        return channel

    def spellings(self, channel: str) -> list[str]:
        """Return how rows may write a channel, by its name or a former one."""
        names = [channel, *self.limits(channel).former_names]
        return [text for name in names for text in spellings(name)]

    def is_known(self, channel: str) -> bool:
        """Tell whether a channel has a record or stands in the configuration."""
        return channel in self._limits

    def nearest_known(self, channel: str) -> str:
        """Return the channel whose limits hold for ``channel``: the first that is known
        of itself and those above."""
        known = filter(self.is_known, reversed(ancestry(channel)))
        return next(known, ROOT)

    def similar_to(self, channel: str) -> str:
        """Return the known channel that was probably meant by an unknown name."""
        found = difflib.get_close_matches(channel, self._limits, n=1)
        return found[0] if found else self.nearest_known(channel)

    def limits(self, channel: str) -> Limits:
        return self._limits.get(channel) or Limits(channel)

    def capacity(self, channel: str) -> int | None:
        """Return the seats of a channel, None for no limit; the root has as many as
        there are workers unless it says otherwise."""
        if channel not in self._capacities:
            self._capacities[channel] = self._resolve(channel)
        return self._capacities[channel]

    def _resolve(self, channel: str) -> int | None:
        capacity = self.limits(channel).capacity
        above = ancestry(channel)[:-1]
        if not above:
            is_set = isinstance(capacity, int)
            return capacity if is_set else self._workers
        if capacity is None:
            capacity = self.limits(above[-1]).subchannel_capacity
        if isinstance(capacity, Share):
            # the nearest channel above that has a limit; the root always has one
            bound = next(
                seats
                for seats in map(self.capacity, reversed(above))
                if seats is not None
            )
            return capacity.of(bound)
        return capacity

    def sequential(self, channel: str) -> list[str]:
        """Return the channels that keep its jobs in order: this one or those above."""
        return [name for name in ancestry(channel) if self.limits(name).sequential]

    def throttled(self, channel: str) -> list[str]:
        """Return the channels whose clock a start in ``channel`` sets."""
        return [name for name in ancestry(channel) if self.limits(name).throttle]


class Occupancy:
    """The seats taken in a tree, and since when its throttled channels rest.

    ``leases``: leases by channel; ``rested``: seconds since the last start by channel.
    """

    def __init__(
        self,
        tree: ChannelTree,
        leases: Mapping[str, int],
        rested: Mapping[str, float],
    ):
        self.tree = tree
        self._rested: dict[str, float] = {}
        for text, seconds in rested.items():
            channel = tree.channel_of(text)
            self._rested[channel] = min(seconds, self._rested.get(channel, seconds))
        self._seats: dict[str, int] = {}
        for text, count in leases.items():
            self._add(tree.channel_of(text), count)

    def _add(self, channel: str, count: int) -> None:
        for name in ancestry(channel):
            self._seats[name] = self._seats.get(name, 0) + count

    def seats(self, channel: str) -> int:
        """Return the leases in a channel and below it."""
        return self._seats.get(channel, 0)

    def start(self, channel: str) -> None:
        """Take a seat in ``channel``, now."""
        self._add(channel, 1)
        for name in self.tree.throttled(channel):
            self._rested[name] = 0.0

    def obstacle(self, channel: str) -> Obstacle | None:
        """Return what keeps jobs of ``channel`` from starting, None when they may."""
        for name in ancestry(channel):
            limits = self.tree.limits(name)
            if limits.paused:
                return Obstacle("paused", name)
            capacity = self.tree.capacity(name)
            if limits.sequential and (capacity is None or capacity > 1):
                capacity = 1
            if capacity is not None and self.seats(name) >= capacity:
                return Obstacle("full", name)
            if limits.throttle and name in self._rested:
                seconds = limits.throttle - self._rested[name]
                if seconds > 0:
                    return Obstacle("throttled", name, seconds)
        return None
