"""One place decides what an HTTP answer, or its absence, means for the caller."""

import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NewConnectionError

from ...exception import IDMissingInBackend
from ...exceptions_http import (
    RemoteAccessDenied,
    RemoteBusy,
    RemoteCallFailed,
    RemoteInvalidData,
    RemoteProtocolError,
    RemoteRefused,
    RemoteUnavailable,
)
from .masking import mask

_TEXT_LIMIT = 300
# What OpenSSL puts around its words: "[SSL: CODE] ... (_ssl.c:1006)".
_c_source = re.compile(r"\[SSL: \w+\]|\(_ssl\.c:\d+\)")
_LONGEST_WAIT = 24 * 3600
# Seconds before the next try, picked in between: a fleet must not come back at once.
_SOON = (5, 15)


def host_of(url: str) -> str:
    """Return what an administrator calls the other side: ``host:port``."""
    return urlsplit(url).netloc.rpartition("@")[2] or url


def failure(env, error: requests.RequestException, url: str) -> Exception:
    """Translate a call that got no answer.

    :return: an exception to raise, with a text for administrators
    """
    host = host_of(url)
    if isinstance(error, requests.exceptions.SSLError):
        return RemoteRefused(
            env._(
                "The certificate of %(host)s is not trusted: %(why)s. Ask who runs it, "
                "or have this server trust its authority.",
                host=host,
                why=_innermost(error),
            )
        )
    if isinstance(
        error,
        requests.exceptions.MissingSchema
        | requests.exceptions.InvalidSchema
        | requests.exceptions.InvalidURL
        | requests.exceptions.InvalidHeader,
    ):
        return RemoteRefused(
            env._(
                "“%(url)s” cannot be called: write the location of the backend like "
                "https://host:port",
                url=mask(url),
            )
        )
    if isinstance(error, requests.exceptions.Timeout):
        return RemoteUnavailable(
            env._(
                "%(host)s did not answer in time. Is it overloaded, or is a firewall "
                "in between?",
                host=host,
            ),
            seconds=_SOON,
        )
    if isinstance(
        error,
        requests.exceptions.ConnectionError | requests.exceptions.ChunkedEncodingError,
    ):
        if isinstance(_root(error), NewConnectionError):
            return RemoteUnavailable(
                env._(
                    "%(host)s cannot be reached: %(why)s. Is it switched on, and is "
                    "the location of the backend right?",
                    host=host,
                    why=_innermost(error),
                ),
                seconds=_SOON,
                # It never saw the call, so the call did nothing wrong.
                ignore_retry=True,
            )
        return RemoteUnavailable(
            env._(
                "%(host)s closed the connection before it answered: %(why)s.",
                host=host,
                why=_innermost(error),
            ),
            seconds=_SOON,
        )
    return RemoteProtocolError(
        env._(
            "%(host)s could not be understood: %(why)s.",
            host=host,
            why=_innermost(error),
        )
    )


def refusal(env, response: requests.Response, text: str) -> Exception | None:
    """Translate an answer's status; ``None`` when the call succeeded.

    :param text: the reason the other side gave, may be empty
    """
    status = response.status_code
    if status < 300:
        return None
    host = host_of(response.url)
    said = mask(text)[:_TEXT_LIMIT] or response.reason or str(status)
    what = {"host": host, "status": status, "said": said}
    wait = retry_after(response)
    if status == 429 or (status == 503 and wait is not None):
        return RemoteBusy(
            env._("%(host)s asks to wait (%(status)s: %(said)s).", **what),
            seconds=wait or 10,
        )
    if status >= 500 or status == 408:
        # Gateways know whether anybody is there, a plain failure may be about one call.
        gone = status in (502, 503, 504)
        return (RemoteUnavailable if gone else RemoteCallFailed)(
            env._("%(host)s has a problem of its own (%(status)s: %(said)s).", **what),
            seconds=_SOON,
        )
    if status in (404, 410):
        return IDMissingInBackend(
            env._("%(host)s does not have this (%(status)s: %(said)s).", **what)
        )
    if status in (401, 403):
        return RemoteAccessDenied(
            env._(
                "%(host)s refuses access (%(status)s: %(said)s). Check the user name "
                "and the password on the backend, and what that user may do there.",
                **what,
            )
        )
    if status in (400, 409, 422):
        return RemoteInvalidData(
            env._(
                "%(host)s does not accept these values (%(status)s: %(said)s).", **what
            )
        )
    if status < 400:
        return RemoteRefused(
            env._(
                "%(host)s has moved to %(place)s: change the location of the backend.",
                host=host,
                place=mask(response.headers.get("Location", "?")),
            )
        )
    return RemoteProtocolError(
        env._("%(host)s does not know such a call (%(status)s: %(said)s).", **what)
    )


def retry_after(response: requests.Response) -> int | None:
    """Return the seconds of a ``Retry-After`` header (RFC 9110, 10.2.3), if any.

    Both forms, a number and a date, are understood; at least 1 s, at most a day.
    """
    value = response.headers.get("Retry-After", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        seconds = (moment - datetime.now(timezone.utc)).total_seconds()
    return int(min(max(seconds, 1), _LONGEST_WAIT))


def _root(error: Exception) -> Exception:
    """Return the error urllib3 gave up with."""
    cause = next((arg for arg in error.args if isinstance(arg, Exception)), error)
    reason = getattr(cause, "reason", None)
    return reason if isinstance(reason, Exception) else cause


def _innermost(error: Exception) -> str:
    """Return the operating system's words, without addresses of objects and URLs."""
    seen, cause = set(), _root(error)
    while cause.__cause__ or cause.__context__:
        if id(cause) in seen:
            break
        seen.add(id(cause))
        cause = cause.__cause__ or cause.__context__
    words = getattr(cause, "strerror", None) or str(cause)
    return mask(_c_source.sub("", words))[:_TEXT_LIMIT].strip()
