"""Steps of a chain of modifiers: what follows ``>>``.

::

    direct = [
        (upper("country_code") >> search_by("res.country", "code"), "country_id"),
        (optional("created_at") >> parse_datetime, "date_order"),
        (key("state") >> value_map({"open": "draft", "paid": "sale"}), "state"),
    ]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...exception import MappingError
from .modifier import Modifier, Source, is_zero, modifier


class Step:
    """One step of a chain; the value of what precedes it is passed to it.

    ``"code" >> step`` and ``modifier >> step`` are the modifier that takes the step.
    Empty values are not passed: they map to ``False``.
    """

    def apply(self, mapper: Any, value: Any, to_attr: str) -> Any:
        """Return the value for key ``to_attr`` of the result."""
        raise NotImplementedError

    def after(self, source: Source) -> Modifier:
        """Return the modifier that passes the value of a source to this step."""
        return Stepped(source, self)

    def __rrshift__(self, source: str) -> Modifier:
        return self.after(source)


class Stepped(Modifier):
    def __init__(self, field: Source, step: Step):
        super().__init__(field)
        self.step = step

    def __repr__(self):
        return f"{self.field!r} >> {self.step!r}"

    def __call__(self, mapper, record, to_attr):
        value = self._value(mapper, record, to_attr)
        if not value and not is_zero(value):
            return False
        return self.step.apply(mapper, value, to_attr)


class SearchBy(Step):
    def __init__(self, model: str, field: str, create: dict[str, Any] | None):
        self.model, self.field, self.create = model, field, create

    def __repr__(self):
        return f"search_by({self.model!r}, {self.field!r})"

    def apply(self, mapper, value, to_attr):
        return mapper.search_by(self.model, self.field, value, self.create).id


class ValueMap(Step):
    def __init__(self, values: Mapping[Any, Any], default: Any):
        self.values, self.default = values, default

    def __repr__(self):
        return f"value_map({self.values!r})"

    @property
    def is_complete(self) -> bool:
        """Whether other values are an error."""
        return self.default is _NO_DEFAULT

    def apply(self, mapper, value, to_attr):
        if value in self.values:
            return self.values[value]
        if not self.is_complete:
            return self.default
        raise MappingError(
            mapper.env._(
                "%(value)s is not one of the known values of %(field)s: %(known)s.",
                value=repr(value),
                field=to_attr,
                known=", ".join(map(repr, self.values)),
            )
        )


class _Method(Modifier):
    """Calls a method of the mapper with the value of a source."""

    def __init__(self, field: Source, method: str):
        super().__init__(field)
        self.label = self.method = method

    def __call__(self, mapper, record, to_attr):
        value = self._value(mapper, record, to_attr)
        return getattr(mapper, self.method)(value) if value else False


_NO_DEFAULT = object()


def search_by(model: str, field: str, create: dict[str, Any] | None = None) -> Step:
    """Map a value to the record that has it in a field, i.e. to the ID of the record.

    :param create: additional values of a new record, created if there is none
    :raise MappingError: when mapped, there is no such record, or several
    """
    return SearchBy(model, field, create)


def value_map(values: Mapping[Any, Any], default: Any = _NO_DEFAULT) -> Step:
    """Map each of some values to another one.

    :param default: what others map to
    :raise MappingError: when mapped, the value is another one, and there is no default
    """
    return ValueMap(values, default)


@modifier
def parse_datetime(field: Source) -> Modifier:
    """Map an ISO 8601 text to a datetime as Odoo stores it: naive, in UTC."""
    return _Method(field, "parse_datetime")


@modifier
def parse_date(field: Source) -> Modifier:
    """Map the date at the beginning of an ISO 8601 text."""
    return _Method(field, "parse_date")
