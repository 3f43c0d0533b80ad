"""The import path of the channel model for other addons."""

from .channel.model import QueueJobChannel

__all__ = ["QueueJobChannel"]
