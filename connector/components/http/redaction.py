"""Keeps passwords and tokens out of the logs, in whatever form they come."""

import base64
import json
import logging
import re
import threading
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urlsplit, urlunsplit

from cachetools import LRUCache

MASK = "***"

# Below this length a "secret" would mask ordinary words.
_SHORTEST = 6
# A process may see a new token every few seconds, for months.
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
    """The secrets met last, in all forms in which they may be written."""

    def __init__(self):
        self._forms: LRUCache = LRUCache(_KEPT)
        # All forms, the longest first: a secret may be the beginning of another.
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
    """Have these values replaced by ``***`` in what is logged from now on."""
    for value in values:
        if value and len(value) >= _SHORTEST:
            _secrets.add(value)


def register_login(username: str, password: str) -> None:
    """Do so with a password, and with what Basic authentication makes of it."""
    register_secret(password)
    if password:
        pair = f"{username}:{password}".encode(errors="replace")
        register_secret(base64.b64encode(pair).decode())


def mask(text: str) -> str:
    """Return ``text`` without known secrets, nor values of telling names."""
    text = _userinfo.sub(f"{MASK}@", _secrets.replace(text))
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


def strip_secrets(url: str) -> str:
    """Return an address without user, password, and parameters that are secrets."""
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
    """Masks the whole formatted message: secrets come in arguments as well."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask(record.getMessage()), None
        if record.msg.startswith("Retrying ("):
            # What urllib3 warns of is what it is for; in the end there is one outcome.
            record.levelno, record.levelname = logging.INFO, "INFO"
        return True


def redact_loggers(*names: str) -> None:
    """Mask what the loggers of these names say."""
    for name in names:
        logger = logging.getLogger(name)
        if not any(isinstance(f, SecretFilter) for f in logger.filters):
            logger.addFilter(SecretFilter())
