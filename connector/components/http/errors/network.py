"""What it means when a request got no response: a table of errors of the network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from requests import RequestException, exceptions
from requests.utils import select_proxy
from urllib3.exceptions import NewConnectionError, ReadTimeoutError

from ....exceptions_http import (
    RemoteInvalidData,
    RemoteProtocolError,
    RemoteRefused,
    RemoteUnavailable,
)
from .causes import cause_message, is_not_http, root_cause
from .location import host_of, invalid_location_error
from .status import RETRY_SECONDS

if TYPE_CHECKING:
    from odoo.api import Environment


class Failure(NamedTuple):
    """A request that got no response.

    :param error: a ``RequestException``, or a ``ValueError`` of invalid data to send
    :param proxies: through which it was sent, by scheme
    """

    env: object
    error: Exception
    url: str
    proxies: Mapping[str, str]

    @property
    def host(self) -> str:
        return host_of(self.url)

    @property
    def why(self) -> str:
        return cause_message(self.error)


def _invalid_location(failure: Failure) -> Exception:
    return invalid_location_error(failure.env, failure.url)


def _invalid_json(failure: Failure) -> Exception:
    return RemoteInvalidData(
        failure.env._(
            "The values for %(host)s cannot be written as JSON: %(why)s.",
            host=failure.host,
            why=failure.why,
        )
    )


def _invalid_request(failure: Failure) -> Exception:
    return RemoteRefused(
        failure.env._(
            "The request to %(host)s cannot be sent: the user name, password or "
            "key contains an invalid character, such as a line break.",
            host=failure.host,
        )
    )


def _untrusted_certificate(failure: Failure) -> Exception:
    return RemoteRefused(
        failure.env._(
            "The certificate of %(host)s is not trusted: %(why)s. Contact its "
            "administrator, or add its certificate authority to this server.",
            host=failure.host,
            why=failure.why,
        )
    )


def _unreachable_proxy(failure: Failure) -> Exception:
    proxy = select_proxy(failure.url, dict(failure.proxies)) or "?"
    return RemoteUnavailable(
        failure.env._(
            "%(host)s cannot be reached through the proxy %(proxy)s: %(why)s. Check "
            "the HTTP_PROXY, HTTPS_PROXY and NO_PROXY variables of the Odoo server.",
            host=failure.host,
            why=failure.why,
            proxy=host_of(proxy),
        ),
        seconds=RETRY_SECONDS,
        # The host never saw the request, so the request did nothing wrong.
        ignore_retry=True,
    )


def _timeout(failure: Failure) -> Exception:
    return RemoteUnavailable(
        failure.env._(
            "%(host)s did not respond in time. It may be overloaded, or blocked by a "
            "firewall.",
            host=failure.host,
        ),
        seconds=RETRY_SECONDS,
    )


def _unreachable(failure: Failure) -> Exception:
    return RemoteUnavailable(
        failure.env._(
            "%(host)s cannot be reached: %(why)s. Check that it is running, and the "
            "location of the backend.",
            host=failure.host,
            why=failure.why,
        ),
        seconds=RETRY_SECONDS,
        ignore_retry=True,
    )


def _connection_closed(failure: Failure) -> Exception:
    return RemoteUnavailable(
        failure.env._(
            "%(host)s closed the connection before responding: %(why)s.",
            host=failure.host,
            why=failure.why,
        ),
        seconds=RETRY_SECONDS,
    )


def _no_http(failure: Failure) -> Exception:
    return RemoteProtocolError(
        failure.env._(
            "%(host)s returned an invalid response: %(why)s.",
            host=failure.host,
            why=failure.why,
        )
    )


def _is_invalid_request(error: Exception) -> bool:
    return isinstance(error, ValueError) and (
        isinstance(error, exceptions.InvalidHeader)
        or not isinstance(error, RequestException)
    )


def _is_timeout(error: Exception) -> bool:
    return isinstance(error, exceptions.Timeout) or isinstance(
        root_cause(error), ReadTimeoutError | TimeoutError
    )


def _is_closed(error: Exception) -> bool:
    kinds = exceptions.ConnectionError | exceptions.ChunkedEncodingError
    return isinstance(error, kinds) and not is_not_http(error)


def _of(*kinds: type[Exception]) -> Callable[[Exception], bool]:
    return lambda error: isinstance(error, kinds)


#: Which errors mean what: the first entry that applies decides.
NETWORK_ERRORS: list[
    tuple[Callable[[Exception], bool], Callable[[Failure], Exception]]
] = [
    (
        _of(exceptions.MissingSchema, exceptions.InvalidSchema, exceptions.InvalidURL),
        _invalid_location,
    ),
    (_of(exceptions.InvalidJSONError), _invalid_json),
    (_is_invalid_request, _invalid_request),
    (_of(exceptions.SSLError), _untrusted_certificate),
    (_of(exceptions.ProxyError), _unreachable_proxy),
    (_is_timeout, _timeout),
    (lambda error: isinstance(root_cause(error), NewConnectionError), _unreachable),
    (_is_closed, _connection_closed),
]


def network_exception(
    env: Environment,
    error: Exception,
    url: str,
    proxies: Mapping[str, str] | None = None,
) -> Exception:
    """Return the exception to raise for a request that got no response.

    :param error: a ``RequestException``, or a ``ValueError`` of invalid data to send
    :param proxies: through which the request was sent, by scheme
    """
    failure = Failure(env, error, url, proxies or {})
    build = next(
        (build for applies, build in NETWORK_ERRORS if applies(error)), _no_http
    )
    return build(failure)
