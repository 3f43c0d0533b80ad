"""The base of modifiers, and how they read their source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from numbers import Number
from typing import Any

from odoo import models

#: Name of a field or key, a path like ``address.city``, or a modifier.
Source = str | Callable

#: What :func:`at_path` returns if a part of the path is missing.
MISSING = object()


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
        return is_received(self.field, record)

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
        return read(record, self.field)


def is_received(source: Source, record: Any) -> bool:
    """Whether a received record has what a source reads.

    A custom modifier that does not tell counts as received: it handles a missing key
    itself.
    """
    if isinstance(source, Modifier):
        return source.is_received(record)
    if callable(source) or source in record:
        return True
    return "." in source and at_path(record, source) is not MISSING


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


def chain(source: Any) -> Iterator[Modifier]:
    """Yield a modifier and those inside of it, the outermost one first."""
    while isinstance(source, Modifier):
        yield source
        source = source.field


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


def read(record: Any, source: str) -> Any:
    """Return what a record has in a field, or at a path of keys or relations.

    :raise KeyError: it is missing
    """
    if isinstance(record, models.BaseModel):
        for name in source.split("."):
            record = record[name]
        return record
    if "." not in source or source in record:
        return record[source]
    value = at_path(record, source)
    if value is MISSING:
        raise KeyError(source)
    return value


def at_path(record: Any, path: str) -> Any:
    """Return the value at a path in nested data, like ``address.lines.0``.

    :return: ``None`` below an empty value, :data:`MISSING` if a key is missing
    """
    value = record
    for key in path.split("."):
        if isinstance(value, list) and key.isdecimal():
            value = value[int(key)] if int(key) < len(value) else MISSING
        elif isinstance(value, Mapping):
            value = value.get(key, MISSING)
        elif value is None:
            # {"address": null} has no street: that is a value, not a missing key.
            return None
        else:
            return MISSING
    return value


def is_zero(value: Any) -> bool:
    """Whether a value is a zero number: falsy but not empty."""
    return isinstance(value, Number) and not isinstance(value, bool) and value == 0
