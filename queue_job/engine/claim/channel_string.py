"""Parses the channel string of the server configuration.

Grammar: ``entry[, entry...]``, newlines equal commas, and
``entry = name[:capacity[:key[=value]]...]``, as in::

    root:4, root.sale:2, root.sale.import:1:sequential, root.mail:50%:throttle=2
"""

import logging
import re
from collections.abc import Iterator

from .capacity import Share, parse_capacity
from .channels import ROOT, full_name
from .limits import OPTIONS, Limits

_logger = logging.getLogger(__name__)

_KEYS = tuple(name for name in OPTIONS if name != "capacity")


def split_strip(text: str, separator: str, maxsplit: int = -1) -> list[str]:
    """Split ``text`` and strip each part."""
    return [part.strip() for part in text.split(separator, maxsplit)]


def parse_simple_config(text: str) -> list[dict]:
    """Return a dict for each entry: ``name``, ``capacity`` and its keys, as written.

    Capacities are ints, or texts such as ``50%``; a key without value is True.

    :raises ValueError: naming the entry and the problem
    """
    return [_parse_entry(entry) for entry in _entries(text)]


def _entries(text: str) -> Iterator[str]:
    for entry in re.split(r"[,\n]", text or ""):
        if entry.strip():
            yield entry.strip()


def _parse_entry(entry: str) -> dict:
    name, *items = split_strip(entry, ":")
    if not name:
        raise ValueError(f"Invalid channel config {entry!r}: missing channel name")
    config = {"name": name, "capacity": 1}
    if items:
        try:
            capacity = parse_capacity(items[0])
            if capacity is None:
                raise ValueError("missing capacity after the colon")
        except ValueError as error:
            raise ValueError(f"Invalid channel config {entry!r}: {error}") from None
        config["capacity"] = str(capacity) if isinstance(capacity, Share) else capacity
    for item in items[1:]:
        key, *value = split_strip(item, "=")
        if len(value) > 1:
            raise ValueError(
                f"Invalid channel config {entry!r}: more than one = in {item!r}"
            )
        if key in config:
            raise ValueError(f"Invalid channel config {entry!r}: duplicate key {key!r}")
        config[key] = value[0] if value else True
    return config


def limits_of_entry(config: dict, source: str = "configuration") -> Limits:
    """Return the limits of one parsed entry.

    :raises ValueError: naming the channel and the problem
    """
    name = full_name(config["name"])
    try:
        options = {
            key: read(key, config[key])
            for key, read in OPTIONS.items()
            if key in config
        }
    except ValueError as error:
        raise ValueError(f"Channel {name}: {error}") from None
    limits = Limits(name, source=source, **options)
    if limits.sequential and limits.capacity != 1:
        raise ValueError(
            f"Channel {name}: a sequential channel must have a capacity of 1, "
            f"not {config.get('capacity')}"
        )
    if name == ROOT and isinstance(limits.capacity, Share):
        raise ValueError("Channel root: its capacity must be a number, not a share")
    return limits


def read_channels(text: str) -> dict[str, Limits]:
    """Return the limits of a channel string by channel; invalid entries are skipped.

    They are logged with the reason: a mistake in one channel must not prevent the
    server from starting, nor the other channels from running.
    """
    limits = {}
    for entry in _entries(text):
        try:
            config = _parse_entry(entry)
            limit = limits_of_entry(config)
        except ValueError as error:
            _logger.error("Configured channel ignored: error=%s", error)
            continue
        for key in config.keys() - {"name", "capacity", *_KEYS}:
            _logger.warning(
                "Unknown key of a configured channel ignored: channel=%s key=%s "
                "known_keys=%s",
                limit.name,
                key,
                ",".join(_KEYS),
            )
        limits[limit.name] = limit
    return limits
