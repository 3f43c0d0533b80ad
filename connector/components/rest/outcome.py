"""One place decides what an HTTP answer, or its absence, means for the caller."""

import math
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
from requests.utils import select_proxy
from urllib3.exceptions import NewConnectionError, ReadTimeoutError

from odoo.addons.queue_job.exception import RetryableJobError

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
from .causes import is_no_http, root_of, words_of
from .masking import mask
from .reasons import login_error

_TEXT_LIMIT = 300
_LONGEST_WAIT = 24 * 3600
# Seconds before the next try, picked in between: a fleet must not come back at once.
_SOON = (5, 15)


def host_of(url: str) -> str:
    """Return what an administrator calls the other side: ``host:port``."""
    return urlsplit(url).netloc.rpartition("@")[2] or url


#: What a status means; a connector adds to it by ``_status_errors``.
STATUS_ERRORS: dict[int, type[Exception]] = {
    400: RemoteInvalidData,
    401: RemoteAccessDenied,
    403: RemoteAccessDenied,
    404: IDMissingInBackend,
    407: RemoteRefused,
    408: RemoteCallFailed,
    409: RemoteInvalidData,
    410: IDMissingInBackend,
    413: RemoteInvalidData,
    422: RemoteInvalidData,
    425: RemoteCallFailed,
    429: RemoteBusy,
    # Gateways know whether anybody is there, a plain failure may be about one call.
    502: RemoteUnavailable,
    503: RemoteUnavailable,
    504: RemoteUnavailable,
}
#: What all others mean, by their first digit.
_CLASS_ERRORS = {3: RemoteRefused, 4: RemoteProtocolError, 5: RemoteCallFailed}


def failure(
    env,
    error: Exception,
    url: str,
    proxies: Mapping[str, str] | None = None,
) -> Exception:
    """Translate a call that got no answer.

    :param error: a ``RequestException``, or a ``ValueError`` of what was to be sent
    :param proxies: through which the call was made, by scheme
    :return: an exception to raise, with a text for administrators
    """
    what = {"host": host_of(url), "why": words_of(error)}
    if isinstance(
        error,
        requests.exceptions.MissingSchema
        | requests.exceptions.InvalidSchema
        | requests.exceptions.InvalidURL,
    ):
        return wrong_location(env, url)
    if isinstance(error, requests.exceptions.InvalidJSONError):
        return RemoteInvalidData(
            env._("The values for %(host)s cannot be written as JSON: %(why)s.", **what)
        )
    if isinstance(error, ValueError) and (
        isinstance(error, requests.exceptions.InvalidHeader)
        or not isinstance(error, requests.RequestException)
    ):
        return RemoteRefused(
            env._(
                "The request to %(host)s cannot be sent: the user name, password or "
                "key contains an invalid character, such as a line break.",
                host=what["host"],
            )
        )
    if isinstance(error, requests.exceptions.SSLError):
        return RemoteRefused(
            env._(
                "The certificate of %(host)s is not trusted: %(why)s. Ask who runs it, "
                "or have this server trust its authority.",
                **what,
            )
        )
    if isinstance(error, requests.exceptions.ProxyError):
        proxy = select_proxy(url, proxies or {}) or "?"
        return RemoteUnavailable(
            env._(
                "%(host)s cannot be reached through the proxy %(proxy)s: %(why)s. "
                "Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the Odoo server.",
                **what,
                proxy=host_of(proxy),
            ),
            seconds=_SOON,
            # It never saw the call, so the call did nothing wrong.
            ignore_retry=True,
        )
    root = root_of(error)
    if isinstance(error, requests.exceptions.Timeout) or isinstance(
        root, ReadTimeoutError | TimeoutError
    ):
        return RemoteUnavailable(
            env._(
                "%(host)s did not answer in time. Is it overloaded, or is a firewall "
                "in between?",
                host=what["host"],
            ),
            seconds=_SOON,
        )
    if isinstance(root, NewConnectionError):
        return RemoteUnavailable(
            env._(
                "%(host)s cannot be reached: %(why)s. Is it switched on, and is "
                "the location of the backend right?",
                **what,
            ),
            seconds=_SOON,
            ignore_retry=True,
        )
    if isinstance(
        error,
        requests.exceptions.ConnectionError | requests.exceptions.ChunkedEncodingError,
    ) and not is_no_http(error):
        return RemoteUnavailable(
            env._(
                "%(host)s closed the connection before it answered: %(why)s.", **what
            ),
            seconds=_SOON,
        )
    return RemoteProtocolError(
        env._("%(host)s could not be understood: %(why)s.", **what)
    )


def wrong_location(env, location: str) -> RemoteRefused:
    """Return the error of an address that nothing can be called at."""
    return RemoteRefused(
        env._(
            "“%(url)s” cannot be called: write the location of the backend like "
            "https://host:port",
            url=mask(location),
        )
    )


def refusal(
    env,
    response: requests.Response,
    text: str,
    errors: Mapping[int, type[Exception]],
) -> Exception | None:
    """Translate an answer's status; ``None`` when the call succeeded.

    :param text: the reason that was given, may be empty
    :param errors: what each status means
    """
    status = response.status_code
    if status < 300:
        return None
    wait = retry_after(response)
    error = errors.get(status) or _CLASS_ERRORS.get(status // 100, RemoteProtocolError)
    if wait is not None:
        # Whatever the status: who says when, wants to be asked again (RFC 9110).
        error = RemoteBusy
    elif error is RemoteInvalidData and login_error(response):
        error = RemoteAccessDenied
    message = _in_words(env, response, text, error)
    if issubclass(error, RemoteBusy):
        return error(message, seconds=wait or 10)
    if issubclass(error, RetryableJobError):
        return error(message, seconds=_SOON)
    return error(message)


def _in_words(env, response, text: str, error: type[Exception]) -> str:
    status = response.status_code
    what = {
        "host": host_of(response.url),
        "path": mask(urlsplit(response.url).path),
        "status": status,
        "said": mask(text)[:_TEXT_LIMIT] or response.reason or str(status),
        "place": mask(response.headers.get("Location", "?")),
    }
    if error is RemoteRefused and status < 400:
        return env._(
            "%(host)s has moved to %(place)s: change the location of the backend.",
            **what,
        )
    texts = {
        RemoteBusy: env._("%(host)s asks to wait (%(status)s: %(said)s).", **what),
        IDMissingInBackend: env._(
            "%(host)s has no such record at %(path)s (%(status)s: %(said)s).", **what
        ),
        RemoteAccessDenied: env._(
            "%(host)s refuses access (%(status)s: %(said)s). Check the user name "
            "and the password on the backend, and what that user may do there.",
            **what,
        ),
        RemoteInvalidData: env._(
            "%(host)s does not accept these values (%(status)s: %(said)s).", **what
        ),
        RemoteUnavailable: env._(
            "%(host)s has a problem of its own (%(status)s: %(said)s).", **what
        ),
        RemoteProtocolError: env._(
            "%(host)s does not support this request at %(path)s "
            "(%(status)s: %(said)s).",
            **what,
        ),
    }
    return next(
        (words for known, words in texts.items() if issubclass(error, known)),
        env._("%(host)s rejected the request (%(status)s: %(said)s).", **what),
    )


def retry_after(response: requests.Response) -> int | None:
    """Return the seconds of a ``Retry-After`` header (RFC 9110, 10.2.3), if any.

    Both forms, a number and a date, are understood; at least 1 s, at most a day.
    """
    value = response.headers.get("Retry-After", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=timezone.utc)
            seconds = (moment - datetime.now(timezone.utc)).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    if math.isnan(seconds):
        return None
    return math.ceil(min(max(seconds, 1), _LONGEST_WAIT))
