"""Modifiers transform the values of direct mappings.

They take the place of the source name, and can be nested or chained with ``>>``::

    direct = [
        ("name", "title"),
        (none("phone"), "phone"),
        (convert(none("qty"), int), "quantity"),
        (m2o_to_external("country_id", binding="x.res.country"), "country"),
        ("address.city", "city"),
        (upper("country") >> search_by("res.country", "code"), "country_id"),
    ]

Custom modifiers are functions with the signature of :meth:`Modifier.__call__`. For the
mapper to know their source field, they must be instances of a class like those here, or
closures over a variable named ``field``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .modifier import (
    MISSING,
    Modifier,
    Source,
    at_path,
    is_received,
    is_zero,
    modifier,
)


class _None(Modifier):
    label = "none"

    def __call__(self, mapper, record, to_attr):
        return self._value(mapper, record, to_attr) or None


class _Key(Modifier):
    label = "key"

    def __call__(self, mapper, record, to_attr):
        value = self._value(mapper, record, to_attr)
        return value if value or is_zero(value) else False


class _Convert(Modifier):
    label = "convert"

    def __init__(self, field: Source, conv_type: Callable):
        super().__init__(field)
        self.conv_type = conv_type

    def _options(self):
        return [getattr(self.conv_type, "__name__", repr(self.conv_type))]

    def __call__(self, mapper, record, to_attr):
        value = self._value(mapper, record, to_attr)
        if value or (is_zero(value) and isinstance(self.conv_type, type)):
            return self.conv_type(value)
        # Functions that parse dates or codes expect a non-empty value.
        return False


class Method(Modifier):
    label = "method"

    def __init__(self, field: str, name: str):
        super().__init__(field)
        self.name = name

    def _options(self):
        return [repr(self.name)]

    def __call__(self, mapper, record, to_attr):
        return getattr(record, self.name)()


class _ByPath(Modifier):
    label = "by_path"
    field: str

    def is_received(self, record):
        return at_path(record, self.field) is not MISSING

    def __call__(self, mapper, record, to_attr):
        value = at_path(record, self.field)
        return value if value is not MISSING and (value or is_zero(value)) else False


class _Default(Modifier):
    label = "default"

    def is_received(self, record):
        return True

    def __init__(self, field: Source, value: Any):
        super().__init__(field)
        self.value = value

    def _options(self):
        return [repr(self.value)]

    def __call__(self, mapper, record, to_attr):
        is_missing = isinstance(record, Mapping) and not is_received(self.field, record)
        value = None if is_missing else self._value(mapper, record, to_attr)
        return value if value or is_zero(value) else self.value


class _Optional(Modifier):
    label = "optional"

    def is_received(self, record):
        return True

    def __call__(self, mapper, record, to_attr):
        received = is_received(self.field, record)
        value = self._value(mapper, record, to_attr) if received else False
        return value if value or is_zero(value) else False


class _Constant(Modifier):
    label = "constant"

    def __init__(self, value: Any):
        # No field: it changes with none, and is part of every complete mapping.
        super().__init__("")
        self.value = value

    def __repr__(self):
        return f"constant({self.value!r})"

    def is_received(self, record):
        return True

    def __call__(self, mapper, record, to_attr):
        return self.value


class _FollowRelations(Modifier):
    label = "follow_m2o_relations"

    def __call__(self, mapper, record, to_attr):
        value = record
        for name in self.field.split("."):
            value = getattr(value, name)
        return value


@modifier
def none(field: Source) -> Modifier:
    """Map a falsy value to ``None`` instead of ``False``."""
    return _None(field)


def convert(field: Source, conv_type: Callable[[Any], Any]) -> Modifier:
    """Map a value through a type or function, unless it is empty (``False``).

    :param conv_type: like ``int`` or ``float``
    """
    return _Convert(field, conv_type)


def by_path(field: str) -> Modifier:
    """Map the value at a path in nested data, for example ``address.lines.0``.

    Empty (``False``) if a part of the path is missing.
    """
    return _ByPath(field)


def default(field: Source, value: Any) -> Modifier:
    """Map empty or missing values to ``value``; the number 0 is not empty."""
    return _Default(field, value)


@modifier
def optional(field: Source) -> Modifier:
    """Map a key that the external system omits if the value is empty.

    Without it, a field whose key is missing keeps its value, and is reported.
    """
    return _Optional(field)


def follow_m2o_relations(field: str) -> Modifier:
    """Map a path of relations, for example ``country_id.code``."""
    return _FollowRelations(field)


def constant(value: Any) -> Modifier:
    """Map a fixed value, whatever the record."""
    return _Constant(value)


def key(field: str) -> Modifier:
    """Map a key or a field as it is; begins a chain: ``key("price") >> float``."""
    return _Key(field)


def method(field: str, name: str) -> Modifier:
    """Map what a method of the record to export returns.

    :param field: field whose change changes it
    :param name: name of the method, called without arguments
    """
    return Method(field, name)


@modifier
def upper(field: Source) -> Modifier:
    """Map a text in upper case."""
    return convert(field, _upper)


@modifier
def lower(field: Source) -> Modifier:
    """Map a text in lower case."""
    return convert(field, _lower)


@modifier
def strip(field: Source) -> Modifier:
    """Map a text without spaces at its ends."""
    return convert(field, _strip)


def _upper(text: Any) -> str:
    return str(text).upper()


def _lower(text: Any) -> str:
    return str(text).lower()


def _strip(text: Any) -> str:
    return str(text).strip()
