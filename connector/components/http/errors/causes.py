"""The cause of an error of requests: the network error and its message."""

import http.client
import re

from ..redaction import mask

_TEXT_LIMIT = 300
# The affixes of OpenSSL messages: "[SSL: CODE] ... (_ssl.c:1006)".
_c_source = re.compile(r"\[SSL: \w+\]|\(_ssl\.c:\d+\)")


def is_not_http(error: Exception) -> bool:
    """Whether the response is not HTTP: no status line, or headers too large."""
    cause: BaseException | None = root_cause(error)
    seen: set[int] = set()
    while cause is not None and id(cause) not in seen:
        if isinstance(cause, http.client.LineTooLong):
            return True
        if type(cause) in (http.client.BadStatusLine, http.client.HTTPException):
            return True
        seen.add(id(cause))
        cause = cause.__cause__ or cause.__context__
    return False


def root_cause(error: Exception) -> Exception:
    """Return the final error of urllib3."""
    cause = next((arg for arg in error.args if isinstance(arg, Exception)), error)
    reason = getattr(cause, "reason", None)
    return reason if isinstance(reason, Exception) else cause


def cause_message(error: Exception) -> str:
    """Return the message of the operating system, without object addresses and URLs."""
    seen: set[int] = set()
    cause: BaseException = root_cause(error)
    while cause.__cause__ or cause.__context__:
        if id(cause) in seen:
            break
        seen.add(id(cause))
        cause = cause.__cause__ or cause.__context__ or cause
    words = getattr(cause, "strerror", None) or str(cause)
    return mask(_c_source.sub("", words))[:_TEXT_LIMIT].strip()
