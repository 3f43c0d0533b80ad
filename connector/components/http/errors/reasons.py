"""Extracts the error message of a response, as one readable line."""

from typing import Any

import requests

from odoo.tools import html2plaintext

#: Login errors (RFC 6749, 5.2), returned with status 400.
OAUTH_LOGIN_ERRORS = {
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "access_denied",
    "invalid_token",
}
# Keys of messages, in order of output: RFC 9457, RFC 6749, common usage.
_WORDS = (
    "title",
    "error",
    "message",
    "msg",
    "error_description",
    "detail",
    "details",
    "errors",
    "invalid-params",
    "invalid_params",
    "reason",
)
# Keys of the location of an error.
_PLACES = ("field", "path", "pointer", "loc", "name", "property", "source", "param")
_DEEPEST, _MOST = 5, 10


def error_message(response: requests.Response) -> str:
    """Return the error message of a response, from JSON, HTML or text, ``""`` if
    none."""
    try:
        return reason(response.json())
    except ValueError:
        text = response.text
        if "<" in text[:200] and "html" in response.headers.get("Content-Type", "html"):
            text = html2plaintext(text[:20_000], include_references=False)
        return " ".join(text[:2000].split())


def reason(content: Any, depth: int = 0) -> str:
    """Return the messages of a decoded response."""
    if content in (None, "", [], {}) or isinstance(content, bool) or depth > _DEEPEST:
        return ""
    if isinstance(content, list):
        return "; ".join(_distinct(reason(item, depth + 1) for item in content[:_MOST]))
    if not isinstance(content, dict):
        return str(content)
    words = [reason(content[key], depth + 1) for key in _WORDS if key in content]
    if any(words):
        place = next((content[key] for key in _PLACES if content.get(key)), None)
        if isinstance(place, list):
            place = ".".join(map(str, place))
        # Messages that only repeat a part of another one are skipped.
        message = ": ".join(_distinct(words))
        names_place = (
            isinstance(place, str | int) and depth and str(place) not in message
        )
        return f"{place}: {message}" if names_place else message
    pairs = ((key, reason(value, depth + 1)) for key, value in content.items())
    return "; ".join([f"{key}: {text}" for key, text in pairs if text][:_MOST])


def is_login_error(response: requests.Response) -> bool:
    """Whether a response is an OAuth login error."""
    try:
        content = response.json()
    except ValueError:
        return False
    error = content.get("error") if isinstance(content, dict) else None
    return isinstance(error, str) and error in OAUTH_LOGIN_ERRORS


def _distinct(texts) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]
