"""Settings of the engine.

For each one: the environment variable, then the section ``[queue_job]``, then a
default. The section is that of ``server_environment`` if that addon is installed,
else that of Odoo's configuration file. An empty environment variable counts as unset.
"""

from __future__ import annotations

import configparser
import logging
import os
from typing import Any

from odoo.tools import config

from .claim.channel_string import read_channels
from .claim.channels import ROOT, Limits

_logger = logging.getLogger(__name__)

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}


def _read_section() -> dict[str, str]:
    try:
        from odoo.addons.server_environment import serv_config
    except ImportError:
        parser = configparser.RawConfigParser()
        try:
            parser.read([config["config"] or config.rcfile])
        except configparser.Error as error:
            _logger.error("Configuration file not readable: error=%s", error)
        serv_config = parser
    if serv_config.has_section("queue_job"):
        return dict(serv_config.items("queue_job"))
    return {}


class QueueJobConfig(dict):
    """The section ``[queue_job]``, read on first use."""

    _read = False

    def _load(self) -> None:
        if not self._read:
            self._read = True
            super().update(_read_section())  # pylint: disable=super-method-mismatch

    def get(self, key: str, default: Any = None) -> Any:
        self._load()
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self._load()
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._load()
        return super().__contains__(key)


queue_job_config = QueueJobConfig()


def setting(key: str, default: Any = None) -> Any:
    """Return the text of a setting, or ``default``."""
    return (
        os.environ.get(f"ODOO_QUEUE_JOB_{key.upper()}")
        or queue_job_config.get(key)
        or default
    )


def _number(key: str, default: float, least: float = 0) -> float:
    written = setting(key)
    if written is None:
        return default
    try:
        number = float(written)
        if number < least:
            raise ValueError
    except ValueError:
        _logger.error(
            "Setting of queue_job ignored, it must be a number: key=%s value=%r "
            "minimum=%s default=%s",
            key,
            written,
            least,
            default,
        )
        return default
    return number


def channels_text() -> str:
    """Return the channel string of the configuration, empty if there is none."""
    return setting("channels", "")


def configured_limits() -> dict[str, Limits]:
    """Return the limits set in the configuration, by complete name."""
    return read_channels(channels_text())


def is_enabled() -> bool:
    """Tell whether this server runs jobs: False if the capacity of ``root`` is 0."""
    root = configured_limits().get(ROOT)
    return root is None or root.capacity != 0


def worker_count() -> int:
    """Return the number of jobs this server runs at once: ``workers``, else the
    capacity of the root in the configuration, else 2."""
    root = configured_limits().get(ROOT)
    capacity = root.capacity if root is not None else None
    default = capacity if isinstance(capacity, int) and capacity else 2
    return int(_number("workers", default, least=1))


def grace_seconds() -> float:
    """Return the seconds a running job may continue after a stop was requested."""
    return _number("stop_grace", 10.0)


def heartbeat_timeout() -> float:
    """Return the seconds without heartbeat after which a worker loses its jobs.

    For workers that are frozen or disconnected; the end of a process is detected
    immediately.
    """
    return _number("heartbeat_timeout", 60.0, least=3)


def adopts_copies() -> bool:
    """Tell whether a database whose name, uuid or cluster changed counts as renamed or
    moved, not as a copy: for servers where databases are restored automatically."""
    written = str(setting("adopt_copies", "")).strip().lower()
    if written not in _TRUE | _FALSE:
        _logger.error(
            "Setting of queue_job ignored, it must be True or False: key=adopt_copies "
            "value=%r default=False",
            written,
        )
    return written in _TRUE


def statement_deadline() -> float:
    """Return the timeout in seconds of connecting and of a statement on the monitoring
    connection: short enough to make up for a missed heartbeat in time."""
    return min(10.0, heartbeat_timeout() / 3)


def connect_timeout() -> int:
    """Return the seconds that a worker's session may take to open; libpq accepts
    integers from 2."""
    return max(2, int(min(5.0, heartbeat_timeout() / 6)))


def connection_overrides() -> dict[str, str]:
    """Return parameters of the monitoring connection, to bypass a pooler."""
    keys = ("host", "port", "user", "password")
    found = {key: setting(f"jobrunner_db_{key}") for key in keys}
    return {key: value for key, value in found.items() if value}
