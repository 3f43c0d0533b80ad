"""How many slots of each channel are in use, and which channels are blocked."""

from __future__ import annotations

from collections.abc import Mapping

from .block_reason import BlockReason
from .channels import ChannelTree, ancestry


class ChannelUsage:
    """The slots in use of each channel, and the last starts of throttled channels.

    ``leases``: number of leases by channel; ``since_start``: seconds since the last
    start by channel.
    """

    def __init__(
        self,
        tree: ChannelTree,
        leases: Mapping[str, int],
        since_start: Mapping[str, float],
    ) -> None:
        self.tree = tree
        self._since_start: dict[str, float] = {}
        for text, seconds in since_start.items():
            channel = tree.channel_of(text)
            self._since_start[channel] = min(
                seconds, self._since_start.get(channel, seconds)
            )
        self._in_use: dict[str, int] = {}
        for text, count in leases.items():
            self._add(tree.channel_of(text), count)

    def _add(self, channel: str, count: int) -> None:
        for name in ancestry(channel):
            self._in_use[name] = self._in_use.get(name, 0) + count

    def in_use(self, channel: str) -> int:
        """Return the number of leases in a channel and its sub-channels."""
        return self._in_use.get(channel, 0)

    def start(self, channel: str) -> None:
        """Use a slot of ``channel``, from now on."""
        self._add(channel, 1)
        for name in self.tree.throttled(channel):
            self._since_start[name] = 0.0

    def block_reason(self, channel: str) -> BlockReason | None:
        """Return why no job of ``channel`` may start, None if one may."""
        for name in ancestry(channel):
            reason = self.tree.limits(name).block_reason(
                self.tree.capacity(name),
                self.in_use(name),
                self._since_start.get(name),
            )
            if reason:
                return reason
        return None
