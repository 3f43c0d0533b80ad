"""What is behind an error of requests: the error of the network, in its words."""

import http.client
import re

from .masking import mask

_TEXT_LIMIT = 300
# What OpenSSL puts around its words: "[SSL: CODE] ... (_ssl.c:1006)".
_c_source = re.compile(r"\[SSL: \w+\]|\(_ssl\.c:\d+\)")


def is_no_http(error: Exception) -> bool:
    """Whether what came is not HTTP: neither a status nor headers of a sane size."""
    cause, seen = root_of(error), set()
    while cause is not None and id(cause) not in seen:
        if isinstance(cause, http.client.LineTooLong):
            return True
        if type(cause) in (http.client.BadStatusLine, http.client.HTTPException):
            return True
        seen.add(id(cause))
        cause = cause.__cause__ or cause.__context__
    return False


def root_of(error: Exception) -> Exception:
    """Return the error urllib3 gave up with."""
    cause = next((arg for arg in error.args if isinstance(arg, Exception)), error)
    reason = getattr(cause, "reason", None)
    return reason if isinstance(reason, Exception) else cause


def words_of(error: Exception) -> str:
    """Return the operating system's words, without addresses of objects and URLs."""
    seen, cause = set(), root_of(error)
    while cause.__cause__ or cause.__context__:
        if id(cause) in seen:
            break
        seen.add(id(cause))
        cause = cause.__cause__ or cause.__context__
    words = getattr(cause, "strerror", None) or str(cause)
    return mask(_c_source.sub("", words))[:_TEXT_LIMIT].strip()
