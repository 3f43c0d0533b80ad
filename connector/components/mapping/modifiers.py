"""Modifiers transform the values of direct mappings.

They take the place of the source name, and can be nested or chained with ``>>``::

    direct = [
        ("name", "title"),
        (none("phone"), "phone"),
        (convert(none("qty"), int), "quantity"),
        (m2o_to_external("country_id", binding="x.res.country"), "country"),
        (upper("country") >> search_by("res.country", "code"), "country_id"),
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

    def is_received(self, record: Any) -> bool:
        """Whether a received record has what the modifier reads."""
        if callable(self.field):
            return is_received(self.field, record)
        return self.field in record

    def __rshift__(self, step: Callable) -> Modifier:
        """Return the modifier that passes its value on: ``upper("code") >> step``.

        :param step: a :class:`.steps.Step`, a modifier function of one source, or any
            function of one value, called unless the value is empty
        """
        after = getattr(step, "after", None)
        if after:
            return after(self)
        if getattr(step, "is_modifier", False):
            return step(self)
        return _Called(self, step)

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


def is_received(source: Source, record: Any) -> bool:
    """Whether a received record has what a source reads.

    A custom modifier that does not tell counts as received: it handles a missing key
    itself.
    """
    if isinstance(source, Modifier):
        return source.is_received(record)
    return callable(source) or source in record


def modifier(function: Callable[[Source], Modifier]) -> Callable[[Source], Modifier]:
    """Declare a function as a modifier of one source, which can follow ``>>``."""
    function.is_modifier = True
    return function


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


_MISSING = object()


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


class _Called(Modifier):
    """Passes values that are not empty to a function of one value."""

    def __init__(self, field: Source, function: Callable[[Any], Any]):
        super().__init__(field)
        self.function = function

    def __repr__(self):
        return f"{describe(self.field)} >> {getattr(self.function, '__name__', '?')}"

    def __call__(self, mapper, record, to_attr):
        value = self._value(mapper, record, to_attr)
        return self.function(value) if value or is_zero(value) else False


class _Method(Modifier):
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
        return self._at_path(record) is not _MISSING

    def __call__(self, mapper, record, to_attr):
        value = self._at_path(record)
        return value if value is not _MISSING and (value or is_zero(value)) else False

    def _at_path(self, record: Any) -> Any:
        value = record
        for key in self.field.split("."):
            if isinstance(value, list) and key.isdecimal():
                value = value[int(key)] if int(key) < len(value) else _MISSING
            elif isinstance(value, Mapping):
                value = value.get(key, _MISSING)
            elif value is None:
                # {"address": null} has no street: that is a value, not a missing key.
                return None
            else:
                return _MISSING
        return value


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
        if isinstance(record, Mapping) and not callable(self.field):
            value = record.get(self.field)
        else:
            value = self._value(mapper, record, to_attr)
        return value if value or is_zero(value) else self.value


class _Optional(Modifier):
    label = "optional"

    def is_received(self, record):
        return True

    def __call__(self, mapper, record, to_attr):
        if not callable(self.field):
            value = record.get(self.field)
        elif is_received(self.field, record):
            value = self.field(mapper, record, to_attr)
        else:
            value = False
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


def is_zero(value: Any) -> bool:
    """Whether a value is a zero number: falsy but not empty."""
    return isinstance(value, Number) and not isinstance(value, bool) and value == 0


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
    return _Method(field, name)


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
