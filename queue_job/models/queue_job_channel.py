"""Where other addons import the model of channels from."""

from .channel.model import QueueJobChannel

__all__ = ["QueueJobChannel"]
