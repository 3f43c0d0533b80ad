"""Keeps passwords and tokens out of the logs."""

import logging
import re
from typing import Any

MASK = "***"

# Below this length a "secret" would mask ordinary words.
_SHORTEST = 8
_secrets: set[str] = set()
_NAMES = (
    "authorization|password|passwd|secret|client_secret|token|access_token"
    "|refresh_token|api[_-]?key|x-api-key"
)
_telling_name = re.compile(_NAMES, re.IGNORECASE)
_named_value = re.compile(
    rf"""(?ix)
    (["']?(?:{_NAMES})["']?\s*[:=]\s*)
    ("[^"]*"|'[^']*'|(?:bearer|basic|token)\s+[^\s&,;]+|[^\s&,;}}]+)
    """
)


def remember_secret(*values: str | None) -> None:
    """Have these values replaced by ``***`` in what is logged from now on."""
    _secrets.update(value for value in values if value and len(value) >= _SHORTEST)


def mask(text: str) -> str:
    """Return ``text`` without known secrets, nor values of telling names."""
    # Longest first: a secret may be the beginning of another.
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return _named_value.sub(rf"\g<1>{MASK}", text)


def mask_data(data: Any) -> Any:
    """Return decoded JSON without known secrets, nor values of telling names."""
    if isinstance(data, dict):
        return {
            key: MASK if _telling_name.fullmatch(str(key)) else mask_data(value)
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [mask_data(value) for value in data]
    return mask(data) if isinstance(data, str) else data


class SecretFilter(logging.Filter):
    """Masks the whole formatted message: secrets come in arguments as well."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask(record.getMessage()), None
        if record.msg.startswith("Retrying ("):
            # What urllib3 warns of is what it is for; in the end there is one outcome.
            record.levelno, record.levelname = logging.INFO, "INFO"
        return True


def protect(*names: str) -> None:
    """Mask what the loggers of these names say."""
    for name in names:
        logger = logging.getLogger(name)
        if not any(isinstance(f, SecretFilter) for f in logger.filters):
            logger.addFilter(SecretFilter())
