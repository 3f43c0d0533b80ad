"""Where the settings of the engine come from.

For each one: the environment variable, then the section ``[queue_job]``, then a
default. The section is the one of ``server_environment`` when that addon is there,
else the one of Odoo's configuration file. An empty environment variable is not set.
"""

import configparser
import logging
import os

from odoo.tools import config

from .channel_config import read_channels
from .channels import ROOT, Limits

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
            _logger.error("The configuration file cannot be read: %s", error)
        serv_config = parser
    if serv_config.has_section("queue_job"):
        return dict(serv_config.items("queue_job"))
    return {}


class QueueJobConfig(dict):
    """The section ``[queue_job]``, read when it is first asked for."""

    _read = False

    def _load(self):
        if not self._read:
            self._read = True
            super().update(_read_section())  # pylint: disable=super-method-mismatch

    def get(self, key, default=None):
        self._load()
        return super().get(key, default)

    def __getitem__(self, key):
        self._load()
        return super().__getitem__(key)

    def __contains__(self, key):
        self._load()
        return super().__contains__(key)


queue_job_config = QueueJobConfig()


def setting(key: str, default=None):
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
            "Ignored in the configuration of queue_job: %s = %r; it must be a number "
            "from %s up. Using %s.",
            key,
            written,
            least,
            default,
        )
        return default
    return number


def channels_text() -> str:
    """Return the channel string of the configuration, empty when there is none."""
    return setting("channels", "")


def configured_limits() -> dict[str, Limits]:
    """Return the limits the configuration sets, by complete name."""
    return read_channels(channels_text())


def is_enabled() -> bool:
    """Tell whether this node runs jobs: not with a capacity of 0 for ``root``."""
    root = configured_limits().get(ROOT)
    return root is None or root.capacity != 0


def worker_count() -> int:
    """Return how many jobs this node runs at once: ``workers``, else the capacity the
    configuration gives to the root, else 2."""
    root = configured_limits().get(ROOT)
    default = root.capacity if root is not None and root.capacity else 2
    return int(_number("workers", default, least=1))


def grace_seconds() -> float:
    """Return how long a job in hand may go on after the server was asked to stop."""
    return _number("stop_grace", 10.0)


def heartbeat_timeout() -> float:
    """Return the seconds without sign of life after which a worker loses its jobs.

    For workers that are frozen or cut off; the end of a process is noticed at once.
    """
    return _number("heartbeat_timeout", 60.0, least=3)


def adopts_copies() -> bool:
    """Tell whether a database with another name, uuid or cluster than before counts as
    renamed or moved, not as a copy: for servers where a program restores databases."""
    written = str(setting("adopt_copies", "")).strip().lower()
    if written not in _TRUE | _FALSE:
        _logger.error(
            "Ignored in the configuration of queue_job: adopt_copies = %r; it must be "
            "True or False. Using False.",
            written,
        )
    return written in _TRUE


def statement_deadline() -> float:
    """Return the seconds after which a statement of the monitoring connection, or
    connecting, is given up: a beat that is missed may be made good in time."""
    return min(10.0, heartbeat_timeout() / 3)


def connect_timeout() -> int:
    """Return the seconds that a worker's session may take to open; libpq takes whole
    ones, and no less than 2."""
    return max(2, int(min(5.0, heartbeat_timeout() / 6)))


def connection_overrides() -> dict[str, str]:
    """Return connection parameters for watching: a direct way behind a pooler."""
    keys = ("host", "port", "user", "password")
    found = {key: setting(f"jobrunner_db_{key}") for key in keys}
    return {key: value for key, value in found.items() if value}
