"""Modifiers transform the values of direct mappings.

They take the place of the source name, and can be nested::

    direct = [
        ("name", "title"),
        (none("phone"), "phone"),
        (convert(none("qty"), int), "quantity"),
        (m2o_to_external("country_id", binding="x.res.country"), "country"),
    ]

Custom modifiers are functions with the signature of :meth:`Modifier.__call__`. For the
mapper to know their source field, they must be instances of a class like those here, or
closures over a variable named ``field``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Number
from typing import Any

Source = str | Callable


class Modifier:
    """Base of modifiers, which compute a value from a source field."""

    def __init__(self, field: Source):
        #: Name of the source field, or another modifier.
        self.field = field

    def __call__(self, mapper, record: Any, to_attr: str) -> Any:
        """Return the value for key ``to_attr`` of the result."""
        raise NotImplementedError

    #: Name of the modifier in declarations.
    label = "modifier"

    def __repr__(self) -> str:
        return f"{self.label}({', '.join([describe(self.field), *self._options()])})"

    def _options(self) -> list[str]:
        return []

    def _value(self, mapper, record: Any, to_attr: str) -> Any:
        if callable(self.field):
            return self.field(mapper, record, to_attr)
        return record[self.field]


def source_name(source: Source) -> str:
    """Return the name of the field that a modifier reads, nested ones included.

    :raises AssertionError: the modifier does not reveal it
    """
    while callable(source):
        if isinstance(source, Modifier):
            source = source.field
        else:
            source = _closure_field(source)
    return source


def describe(source: Source) -> str:
    """Return a source as declared, if it can be determined."""
    if not callable(source) or isinstance(source, Modifier):
        return repr(source)
    name = getattr(source, "__qualname__", type(source).__name__).split(".")[0]
    try:
        return f"{name}({source_name(source)!r})"
    except (AssertionError, AttributeError, TypeError):
        return f"{name}(...)"


def _closure_field(function: Callable) -> Source:
    names = function.__code__.co_freevars
    cells = function.__closure__
    if not cells:
        raise TypeError(f"Modifier {function!r} reveals no source field.")
    if "field" not in names:
        raise AssertionError(
            f"Modifier {function!r} needs a variable named 'field' in its closure."
        )
    return cells[names.index("field")].cell_contents


class _None(Modifier):
    label = "none"

    def __call__(self, mapper, record, to_attr):
        return self._value(mapper, record, to_attr) or None


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


class _ByPath(Modifier):
    label = "by_path"

    def __call__(self, mapper, record, to_attr):
        value = record
        for key in self.field.split("."):
            if isinstance(value, list) and key.isdecimal():
                value = value[int(key)] if int(key) < len(value) else None
            else:
                value = value.get(key) if isinstance(value, Mapping) else None
        return value if value or is_zero(value) else False


class _Default(Modifier):
    label = "default"

    def __init__(self, field: Source, value: Any):
        super().__init__(field)
        self.value = value

    def _options(self):
        return [repr(self.value)]

    def __call__(self, mapper, record, to_attr):
        if isinstance(record, Mapping) and not callable(self.field):
            value = record.get(self.field)
        else:
            value = self._value(mapper, record, to_attr)
        return value if value or is_zero(value) else self.value


class _Optional(Modifier):
    label = "optional"

    def __call__(self, mapper, record, to_attr):
        value = record.get(self.field)
        return value if value or is_zero(value) else False


class _FollowRelations(Modifier):
    label = "follow_m2o_relations"

    def __call__(self, mapper, record, to_attr):
        value = record
        for name in self.field.split("."):
            value = getattr(value, name)
        return value


def is_zero(value: Any) -> bool:
    """Whether a value is a zero number: falsy but not empty."""
    return isinstance(value, Number) and not isinstance(value, bool) and value == 0


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


def optional(field: str) -> Modifier:
    """Map a key that the external system omits if the value is empty.

    Without it, a field whose key is missing keeps its value, and is reported.
    """
    return _Optional(field)


def follow_m2o_relations(field: str) -> Modifier:
    """Map a path of relations, for example ``country_id.code``."""
    return _FollowRelations(field)
