"""What the ``errors`` of a response mean: a table of codes that connectors extend.

A GraphQL server reports errors with status 200 too, beside a part of the data. The
rules are those of the GraphQL specification (https://spec.graphql.org/October2021/,
7.1): without ``data``, the operation was not executed; with it, ``path`` says which
field failed. Codes are common usage: ``extensions.code`` of Apollo Server
(https://www.apollographql.com/docs/apollo-server/data/errors) and Shopify
(https://shopify.dev/docs/api/admin-graphql), ``type`` of GitHub
(https://docs.github.com/en/graphql).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...exception import IDMissingInBackend
from ...exceptions_http import (
    RemoteAccessDenied,
    RemoteBusy,
    RemoteCallFailed,
    RemoteInvalidData,
    RemoteProtocolError,
    RemoteRefused,
)

#: Which exception a code means; ``_error_codes`` of an adapter goes before.
ERROR_CODES: dict[str, type[Exception]] = {
    "THROTTLED": RemoteBusy,
    "RATE_LIMITED": RemoteBusy,
    "RATE_LIMIT": RemoteBusy,
    "TOO_MANY_REQUESTS": RemoteBusy,
    "UNAUTHENTICATED": RemoteAccessDenied,
    "UNAUTHORIZED": RemoteAccessDenied,
    "FORBIDDEN": RemoteAccessDenied,
    "ACCESS_DENIED": RemoteAccessDenied,
    "INSUFFICIENT_SCOPES": RemoteAccessDenied,
    "INTERNAL": RemoteCallFailed,
    "INTERNAL_ERROR": RemoteCallFailed,
    "INTERNAL_SERVER_ERROR": RemoteCallFailed,
    "SERVICE_UNAVAILABLE": RemoteCallFailed,
    "TIMEOUT": RemoteCallFailed,
    "GRAPHQL_PARSE_FAILED": RemoteProtocolError,
    "GRAPHQL_VALIDATION_FAILED": RemoteProtocolError,
    "OPERATION_RESOLUTION_FAILURE": RemoteProtocolError,
    "MAX_COST_EXCEEDED": RemoteProtocolError,
    "BAD_USER_INPUT": RemoteInvalidData,
    "UNPROCESSABLE": RemoteInvalidData,
    "NOT_FOUND": IDMissingInBackend,
}
#: Codes of an expired or missing login.
UNAUTHENTICATED = {"UNAUTHENTICATED", "UNAUTHORIZED"}
# If a response has several errors, the first of these decides. A missing record is the
# last: it counts as deleted only if nothing else went wrong.
_ORDER = (
    RemoteAccessDenied,
    RemoteBusy,
    RemoteProtocolError,
    RemoteInvalidData,
    RemoteRefused,
    RemoteCallFailed,
    IDMissingInBackend,
)


def errors_of(answer: Any) -> list[dict]:
    """Return the errors of a decoded response, those of invalid form as messages."""
    errors = answer.get("errors") if isinstance(answer, dict) else None
    listed = errors if isinstance(errors, list) else [errors] if errors else []
    return [
        error if isinstance(error, dict) else {"message": str(error)}
        for error in listed
    ]


def code_of(error: Mapping) -> str:
    """Return the code of an error, ``""`` if it has none."""
    extensions = error.get("extensions")
    kept = extensions if isinstance(extensions, dict) else {}
    found = (
        kept.get("code"),
        error.get("type"),
        error.get("code"),
        kept.get("classification"),
    )
    return next((code for code in found if isinstance(code, str)), "")


def reason_of(error: Mapping) -> str:
    """Return the message of an error, after the path of its field."""
    # Payload errors of mutations have a field instead.
    place = error.get("path") or error.get("field")
    if isinstance(place, list):
        place = ".".join(map(str, place))
    text = str(error.get("message") or code_of(error) or "?")
    return f"{place}: {text}" if place else text


def is_missing_record(error: Mapping, codes: Mapping[str, type[Exception]]) -> bool:
    """Whether an error says that a record asked for by its ID does not exist.

    A missing field below a record is something else: the record is there.
    """
    path = error.get("path") or []
    if codes.get(code_of(error)) is not IDMissingInBackend:
        return False
    return len(path) <= 1 or (len(path) == 2 and isinstance(path[1], int))


def error_class(
    errors: list[dict],
    answer: Mapping,
    codes: Mapping[str, type[Exception]],
    is_read: bool,
) -> tuple[type[Exception], str]:
    """Return the class of exception that errors mean together, and the code of it.

    :param answer: the decoded response
    :param codes: which exception each code means
    :param is_read: whether they are those of a query
    """
    found = [(_class_of(error, answer, codes, is_read), error) for error in errors]
    kind, error = min(found, key=lambda pair: _place(pair[0]))
    return kind, code_of(error)


def _class_of(error, answer, codes, is_read) -> type[Exception]:
    known = codes.get(code_of(error))
    if known is IDMissingInBackend and not is_missing_record(error, codes):
        return RemoteRefused
    if known:
        return known
    if "data" not in answer:
        return RemoteProtocolError
    # A mutation may have taken effect: it is not repeated for a reason that is unknown.
    return RemoteCallFailed if is_read else RemoteRefused


def _place(kind: type[Exception]) -> int:
    places = (place for place, base in enumerate(_ORDER) if issubclass(kind, base))
    return next(places, 0)


def payload_errors(payload: Any) -> Iterator[dict]:
    """Yield the errors that the payload of a mutation reports as data.

    Their key is ``userErrors`` or similar, like ``customerUserErrors``, or ``errors``.
    """
    for key, errors in payload.items() if isinstance(payload, dict) else ():
        if is_errors_key(key) and isinstance(errors, list):
            for error in errors:
                yield error if isinstance(error, dict) else {"message": str(error)}


def is_errors_key(key: str) -> bool:
    """Whether a key of a payload holds errors."""
    return key in ("errors", "userErrors") or key.endswith("UserErrors")
