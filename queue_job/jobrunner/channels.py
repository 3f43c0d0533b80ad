"""Channels under the names of earlier runners; the channel tree is in the engine."""

from __future__ import annotations

from ..engine.claim.channel_string import (
    limits_of_entry,
    parse_simple_config,
    split_strip,
)
from ..engine.claim.channels import ChannelTree, ancestry, full_name
from ..engine.claim.limits import Limits
from ..exception import ChannelNotFound
from ..job import ENQUEUED, FAILED, PENDING, STARTED, WAIT_DEPENDENCIES

__all__ = ["NOT_DONE", "ChannelManager", "split_strip"]

#: States of the jobs that the engine handles.
NOT_DONE = (WAIT_DEPENDENCIES, PENDING, ENQUEUED, STARTED, FAILED)


class ChannelManager:
    """Parses channel strings, and returns their limits."""

    def __init__(self):
        self._limits: dict[str, Limits] = {"root": Limits("root", capacity=1)}

    @staticmethod
    def parse_simple_config(config_string: str) -> list[dict]:
        """Return a dict for each entry.

        :raises ValueError: naming the entry and the problem
        """
        return parse_simple_config(config_string)

    def simple_configure(self, config_string: str) -> None:
        """Apply a channel string; channels it does not list keep their limits.

        :raises ValueError: naming the entry and the problem
        """
        limits = [
            limits_of_entry(entry) for entry in parse_simple_config(config_string)
        ]
        self._limits.update({limit.name: limit for limit in limits})

    def get_channel_by_name(
        self, channel_name: str, autocreate: bool = False, parent_fallback: bool = False
    ) -> Limits:
        """Return the limits of a channel; no name means the root.

        :raises ChannelNotFound: if it is not configured, and neither ``autocreate`` nor
            ``parent_fallback`` is set
        """
        name = full_name(channel_name)
        if name in self._limits:
            return self._limits[name]
        if parent_fallback:
            above = reversed(ancestry(name)[:-1])
            return next(self._limits[part] for part in above if part in self._limits)
        if autocreate:
            return self._limits.setdefault(name, Limits(name))
        raise ChannelNotFound(f"Channel {name} not found")

    def tree(self) -> ChannelTree:
        """Return the channel tree."""
        return ChannelTree(self._limits.values())
