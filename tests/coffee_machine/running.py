"""A coffee machine inside a test."""

from collections.abc import Iterator
from contextlib import contextmanager

from .machine import Machine
from .server import Device
from .settings import Settings


@contextmanager
def running(
    firmware: int = 2, host: str = "127.0.0.1", port: int = 0, **settings
) -> Iterator[Device]:
    """Run a machine on a free port while the block lasts.

    ``settings`` are those of ``Settings`` (recipes=5, badges=2, brews=10...).
    The device has ``url``, ``machine`` (with ``store``, ``faults``, ``tokens``,
    ``clock``, ``statistics``), and ``stop()`` and ``start()`` to pull the plug.
    """
    device = Device(Machine(Settings(firmware=firmware, **settings)), host, port)
    device.start()
    try:
        yield device
    finally:
        device.stop()
        device.machine.close()
