"""Reading what a client sends: each field by its place in the JSON, checked.

A field's place is a path with dots (``price.amount``). Anything that is not a
field, or is of the wrong kind, is refused by its place: a client that speaks the
other firmware's language gets an error at once.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from .errors import Invalid
from .records import CURRENCY

MAX_CENTS = 100_000
_DECIMAL = re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?")

# path in the JSON -> (attribute of the record or None to only check, check)
Fields = Mapping[str, tuple[str | None, Callable[[str, Any], Any]]]


def read(body: object, fields: Fields, what: str) -> dict[str, Any]:
    """Return the record's attributes that ``body`` gives. Raises Invalid."""
    changes = {}
    for path, value in _flat(require_object(body)):
        if path not in fields:
            raise Invalid(
                path, f"{path} is no field of {what}; fields: {', '.join(fields)}"
            )
        attribute, check = fields[path]
        checked = check(path, value)
        if attribute:
            changes[attribute] = checked
    return changes


def require_object(body: object) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise Invalid(None, "send a JSON object")
    return body


def _flat(body):
    for name, value in body.items():
        if isinstance(value, dict):
            for inner, inner_value in value.items():
                yield f"{name}.{inner}", inner_value
        else:
            yield name, value


def text(path: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise Invalid(path, f"{path} must be a text of 1 to 200 characters")
    return value.strip()


def text_or_null(path: str, value: Any) -> str | None:
    return None if value is None else text(path, value)


def email_or_null(path: str, value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
        raise Invalid(path, f"{path} must be an e-mail address or null")
    return value


def boolean(path: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid(path, f"{path} must be true or false")
    return value


def whole(low: int, high: int) -> Callable[[str, Any], int]:
    def check(path: str, value: Any) -> int:
        if type(value) is not int or not low <= value <= high:
            raise Invalid(path, f"{path} must be a whole number, {low} to {high}")
        return value

    return check


def decimal_price(path: str, value: Any) -> int:
    """``"1.20"`` -> 120 cents."""
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise Invalid(path, f'{path} must be a decimal in a text, like "1.20"')
    units, _, cents = value.partition(".")
    return int(units) * 100 + int(cents.ljust(2, "0"))


def currency(path: str, value: Any) -> None:
    if value != CURRENCY:
        raise Invalid(path, f"this machine counts in {CURRENCY}")


cents = whole(0, MAX_CENTS)
strength = whole(1, 10)
volume_ml = whole(10, 1000)
