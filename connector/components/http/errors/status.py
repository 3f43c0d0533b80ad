"""What the status of a response means: a table that connectors extend."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

from odoo.addons.queue_job.exception import RetryableJobError

from ....exception import IDMissingInBackend
from ....exceptions_http import (
    RemoteAccessDenied,
    RemoteBusy,
    RemoteCallFailed,
    RemoteInvalidData,
    RemoteProtocolError,
    RemoteRefused,
    RemoteUnavailable,
)
from ..redaction import mask
from .location import host_of
from .reasons import is_login_error

if TYPE_CHECKING:
    from odoo.api import Environment

_TEXT_LIMIT = 300
_LONGEST_WAIT = 24 * 3600
#: Seconds before the next try, picked in between: not all jobs at once.
RETRY_SECONDS = (5, 15)


#: Which exception a status means; ``_status_errors`` of an adapter goes before.
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
    # Gateway errors concern the whole system, a plain failure may concern one request.
    502: RemoteUnavailable,
    503: RemoteUnavailable,
    504: RemoteUnavailable,
}
#: The exceptions for all other statuses, by their first digit.
_CLASS_ERRORS: dict[int, type[Exception]] = {
    3: RemoteRefused,
    4: RemoteProtocolError,
    5: RemoteCallFailed,
}


def response_exception(
    env: Environment,
    response: requests.Response,
    text: str,
    errors: Mapping[int, type[Exception]],
) -> Exception:
    """Return the exception that a response with an error status stands for.

    :param text: the error message of the response, may be empty
    :param errors: which exception each status means
    """
    status = response.status_code
    wait = retry_after(response)
    error = errors.get(status) or _CLASS_ERRORS.get(status // 100, RemoteProtocolError)
    if wait is not None:
        # Whatever the status: with a Retry-After header, retry then (RFC 9110).
        error = RemoteBusy
    elif error is RemoteInvalidData and is_login_error(response):
        error = RemoteAccessDenied
    return exception_for(env, response, error, text, wait)


def exception_for(
    env: Environment,
    response: requests.Response,
    error: type[Exception],
    text: str,
    wait: float | None = None,
    code: str | None = None,
) -> Exception:
    """Return an exception of the class ``error``, with a message about a response.

    :param text: the error message of the response, may be empty
    :param wait: seconds until the retry, if given by the response
    :param code: error code of the response, by default its status
    """
    message = _in_words(env, response, text, error, code)
    if issubclass(error, RemoteBusy):
        return error(message, seconds=math.ceil(wait or 10))
    if issubclass(error, RetryableJobError):
        return error(message, seconds=RETRY_SECONDS)  # type: ignore[call-arg]
    return error(message)


def _in_words(
    env, response, text: str, error: type[Exception], code: str | None
) -> str:
    status = response.status_code
    what = {
        "host": host_of(response.url),
        "path": mask(urlsplit(response.url).path),
        "status": code or status,
        "said": mask(text)[:_TEXT_LIMIT] or response.reason or str(status),
        "place": mask(response.headers.get("Location", "?")),
    }
    if error is RemoteRefused and 300 <= status < 400:
        return env._(
            "%(host)s redirects to %(place)s: update the location of the backend.",
            **what,
        )
    texts = {
        RemoteBusy: env._(
            "%(host)s asked to retry later (%(status)s: %(said)s).", **what
        ),
        IDMissingInBackend: env._(
            "%(host)s has no such record at %(path)s (%(status)s: %(said)s).", **what
        ),
        RemoteAccessDenied: env._(
            "%(host)s denied access (%(status)s: %(said)s). Check the user name and "
            "the password on the backend, and the permissions of that user on "
            "%(host)s.",
            **what,
        ),
        RemoteInvalidData: env._(
            "%(host)s rejected these values (%(status)s: %(said)s).", **what
        ),
        RemoteUnavailable: env._(
            "%(host)s could not process the request (%(status)s: %(said)s).", **what
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

    Both forms, a number and a date, are supported; at least 1 s, at most a day.
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
