"""Masks passwords and tokens in logs, in all their encodings."""

import base64
import json
import logging
import re
import threading
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urlsplit, urlunsplit

from cachetools import LRUCache

MASK = "***"

# Shorter secrets would mask ordinary words.
_SHORTEST = 6
# A process may receive a new token every few seconds, for months.
_KEPT = 200
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
_userinfo = re.compile(r"(?<=://)[^/?#\s@]*@")


class _Secrets:
    """The latest secrets, in all forms in which they may be written."""

    def __init__(self):
        self._forms: LRUCache = LRUCache(_KEPT)
        # All forms, longest first: a secret may be a prefix of another.
        self._longest: list[str] = []
        self._lock = threading.Lock()

    def add(self, secret: str) -> None:
        with self._lock:
            if secret not in self._forms:
                self._forms[secret] = _forms(secret)
                known = {form for forms in self._forms.values() for form in forms}
                self._longest = sorted(known, key=len, reverse=True)

    def knows(self, text: str) -> bool:
        return text in self._forms

    def replace(self, text: str) -> str:
        for form in self._longest:
            if form in text:
                text = text.replace(form, MASK)
        return text


_secrets = _Secrets()


def register_secret(*values: str | None) -> None:
    """Replace these values by ``***`` in all further log records."""
    for value in values:
        if value and len(value) >= _SHORTEST:
            _secrets.add(value)


def register_login(username: str, password: str) -> None:
    """Mask a password, also in its encoding for Basic authentication."""
    register_secret(password)
    if password:
        pair = f"{username}:{password}".encode(errors="replace")
        register_secret(base64.b64encode(pair).decode())


def mask(text: str) -> str:
    """Return ``text`` without known secrets and values with secret names."""
    text = _userinfo.sub(f"{MASK}@", _secrets.replace(text))
    return _named_value.sub(rf"\g<1>{MASK}", text)


def mask_data(data: Any) -> Any:
    """Return decoded JSON without known secrets and values with secret names."""
    if isinstance(data, dict):
        return {
            key: MASK if _telling_name.fullmatch(str(key)) else mask_data(value)
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [mask_data(value) for value in data]
    return mask(data) if isinstance(data, str) else data


def strip_secrets(url: str) -> str:
    """Return a URL without user, password and secret parameters."""
    parts = urlsplit(url)
    given = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(key, value) for key, value in given if not _secrets.knows(value)]
    query = parts.query if len(kept) == len(given) else urlencode(kept)
    netloc = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=netloc, query=query))


def _forms(secret: str) -> set[str]:
    raw = secret.encode(errors="replace")
    coded = {quote(raw, safe=""), quote(raw), quote_plus(raw)}
    coded |= {re.sub("%..", lambda code: code[0].lower(), text) for text in coded}
    escaped = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    # The last one is how PHP writes JSON.
    escaped |= {repr(secret)[1:-1], json.dumps(secret)[1:-1].replace("/", r"\/")}
    return {secret, base64.b64encode(raw).decode(), *coded, *escaped}


class SecretFilter(logging.Filter):
    """Masks the whole formatted message: arguments may contain secrets too."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask(record.getMessage()), None
        if record.msg.startswith("Retrying ("):
            # urllib3 warns of each retry; the final outcome is logged once.
            record.levelno, record.levelname = logging.INFO, "INFO"
        return True


def redact_loggers(*names: str) -> None:
    """Mask the records of the loggers with these names."""
    for name in names:
        logger = logging.getLogger(name)
        if not any(isinstance(f, SecretFilter) for f in logger.filters):
            logger.addFilter(SecretFilter())
