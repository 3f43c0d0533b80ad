"""Modifiers change the values of direct mappings on their way.

They stand where the name of the source stands, and may be nested::

    direct = [
        ("name", "title"),
        (none("phone"), "phone"),
        (convert(none("qty"), int), "quantity"),
        (m2o_to_external("country_id", binding="x.res.country"), "country"),
    ]

Own modifiers are functions with the signature of :meth:`Modifier.__call__`. For a
mapper to know their source field, they are instances of a class like those here, or
closures over a variable named ``field``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from numbers import Number
from typing import Any

from odoo import models

from ...exception import MappingError
from ..binder import known_external_id

_logger = logging.getLogger(__name__)

Source = str | Callable


class Modifier:
    """Base of modifiers: something that computes a value from a source field."""

    def __init__(self, field: Source):
        #: Name of the source field, or another modifier.
        self.field = field

    def __call__(self, mapper, record: Any, to_attr: str) -> Any:
        """Return the value for key ``to_attr`` of the result."""
        raise NotImplementedError

    #: What the modifier is called where it is used.
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

    :raises AssertionError: the modifier does not tell
    """
    while callable(source):
        if isinstance(source, Modifier):
            source = source.field
        else:
            source = _closure_field(source)
    return source


def describe(source: Source) -> str:
    """Return a source as it was written, as far as it can be known."""
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
        raise TypeError(f"Modifier {function!r} tells no source field.")
    if "field" not in names:
        raise AssertionError(
            f"Modifier {function!r} needs a variable named 'field' of its closure."
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
        # Functions that parse dates or codes expect to get something to parse.
        return False


class _FollowRelations(Modifier):
    label = "follow_m2o_relations"

    def __call__(self, mapper, record, to_attr):
        value = record
        for name in self.field.split("."):
            value = getattr(value, name)
        return value


class _ToExternal(Modifier):
    label = "m2o_to_external"

    def __init__(self, field: str, binding: str | None):
        super().__init__(field)
        self.binding = binding

    def _options(self):
        return [f"binding={self.binding!r}"] if self.binding else []

    def __call__(self, mapper, record, to_attr):
        field = _many2one(mapper, self.field)
        relation = self._value(mapper, record, to_attr)
        if not relation:
            return False
        binder = mapper.binder_for(self.binding or field.comodel_name)
        external_id = known_external_id(binder, relation.id, wrap=bool(self.binding))
        if external_id is None:
            raise MappingError(
                f"Field {self.field} of {record!r}: {relation!r} has no external id in "
                f"{mapper.backend_record!r}. Export it first."
            )
        return external_id


class _ToMany2one(Modifier):
    label = "external_to_m2o"

    def __init__(self, field: Source, binding: str | None):
        super().__init__(field)
        self.binding = binding

    def _options(self):
        return [f"binding={self.binding!r}"] if self.binding else []

    def __call__(self, mapper, record, to_attr):
        value = self._value(mapper, record, to_attr)
        if not value and not is_zero(value):
            return False
        field = _many2one(mapper, to_attr)
        binder = mapper.binder_for(self.binding or field.comodel_name)
        found = binder.to_internal(value, unwrap=bool(self.binding))
        if isinstance(found, models.BaseModel):
            found = found.id
        elif found:
            _logger.debug("Binder %s returned an id, not a record.", binder)
        if found:
            return found
        if is_zero(value):
            # Many systems write "no relation" as 0, whatever may have id 0 elsewhere.
            return False
        raise MappingError(
            f"{source_name(self.field)} = {value!r}: no record of "
            f"{self.binding or field.comodel_name} is bound to this external id in "
            f"{mapper.backend_record!r}, needed for {to_attr}. Import it first."
        )


def is_zero(value: Any) -> bool:
    """Whether a value is a number that is falsy, yet not empty."""
    return isinstance(value, Number) and not isinstance(value, bool) and value == 0


def _many2one(mapper, name: str):
    field = mapper.model._fields.get(name)
    if field is None or field.type != "many2one":
        raise ValueError(f"Field {name} of {mapper.model._name} is not a many2one.")
    return field


def none(field: Source) -> Modifier:
    """Map a falsy value to ``None`` instead of ``False``."""
    return _None(field)


def convert(field: Source, conv_type: Callable[[Any], Any]) -> Modifier:
    """Map a value through a type or function, unless it is empty (``False``).

    :param conv_type: like ``int`` or ``float``
    """
    return _Convert(field, conv_type)


def m2o_to_external(field: str, binding: str | None = None) -> Modifier:
    """Map a many2one to the external id of its record.

    :param binding: name of the model that binds the comodel; not given where the
        comodel is itself a binding model
    """
    return _ToExternal(field, binding)


def external_to_m2o(field: Source, binding: str | None = None) -> Modifier:
    """Map an external id to a many2one, that is to the id of the record it is bound to.

    :param binding: name of the model that binds the comodel; not given where the
        comodel is itself a binding model
    """
    return _ToMany2one(field, binding)


def follow_m2o_relations(field: str) -> Modifier:
    """Map a path like ``country_id.code`` to its last value."""
    return _FollowRelations(field)
