"""The names of channels, and the tree that they form.

Pure: it gets the limits and reads nothing itself. A channel that is not configured
exists as soon as a job names it, limited only by the channels above it. The former
names of a renamed or moved channel still mean it: jobs, leases and throttles that carry
one of them count for the channel.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from .capacity import Share
from .limits import Limits

ROOT = "root"


def full_name(channel: str | None) -> str:
    """Return the complete name of a job's channel: ``sale`` means ``root.sale``."""
    name = (channel or "").strip()
    if not name or name == ROOT:
        return ROOT
    return name if name.startswith(f"{ROOT}.") else f"{ROOT}.{name}"


def spellings(channel: str) -> list[str]:
    """Return the spellings in rows of the channel with this complete name."""
    return [channel, "" if channel == ROOT else channel.removeprefix(f"{ROOT}.")]


def ancestry(channel: str) -> tuple[str, ...]:
    """Return the complete names from the root down to ``channel``, itself included."""
    parts = channel.split(".")
    return tuple(".".join(parts[: count + 1]) for count in range(len(parts)))


class ChannelTree:
    """The limits of all channels of a database, as they apply in this process.

    ``workers``: number of workers on all servers; the capacity of the root if none is
    set.
    """

    def __init__(self, limits: Iterable[Limits], workers: int = 1) -> None:
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
        """Return the current complete name of the channel written in a row."""
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
        """Return the spellings of a channel in rows, by its name or a former one."""
        names = [channel, *self.limits(channel).former_names]
        return [text for name in names for text in spellings(name)]

    def is_known(self, channel: str) -> bool:
        """Tell whether a channel has a record or is in the configuration."""
        return channel in self._limits

    def nearest_known(self, channel: str) -> str:
        """Return the channel whose limits apply to ``channel``: itself if it is known,
        else the nearest known one above."""
        known = filter(self.is_known, reversed(ancestry(channel)))
        return next(known, ROOT)

    def similar_to(self, channel: str) -> str:
        """Return the known channel most similar to an unknown name."""
        found = difflib.get_close_matches(channel, self._limits, n=1)
        return found[0] if found else self.nearest_known(channel)

    def limits(self, channel: str) -> Limits:
        return self._limits.get(channel) or Limits(channel)

    def capacity(self, channel: str) -> int | None:
        """Return the number of slots of a channel, None for no limit; the root has one
        for each worker unless its capacity is set."""
        if channel not in self._capacities:
            self._capacities[channel] = self._resolve(channel)
        return self._capacities[channel]

    def _resolve(self, channel: str) -> int | None:
        capacity = self.limits(channel).capacity
        above = ancestry(channel)[:-1]
        if not above:
            return capacity if isinstance(capacity, int) else self._workers
        if capacity is None:
            capacity = self.limits(above[-1]).subchannel_capacity
        if isinstance(capacity, Share):
            # the nearest channel above that has a limit; the root always has one
            bound = next(
                in_use
                for in_use in map(self.capacity, reversed(above))
                if in_use is not None
            )
            return capacity.of(bound)
        return capacity

    def sequential(self, channel: str) -> list[str]:
        """Return the sequential channels among this one and those above."""
        return [name for name in ancestry(channel) if self.limits(name).sequential]

    def throttled(self, channel: str) -> list[str]:
        """Return the throttled channels that count a start in ``channel``."""
        return [name for name in ancestry(channel) if self.limits(name).throttle]
