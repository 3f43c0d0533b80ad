"""A coffee machine with an HTTP API, to test connectors against."""

from .faults import FaultPlan
from .machine import Machine
from .memory import Memory
from .running import running
from .server import Device
from .settings import Settings
from .webhooks import signature

__all__ = [
    "Device",
    "FaultPlan",
    "Machine",
    "Memory",
    "Settings",
    "running",
    "signature",
]
