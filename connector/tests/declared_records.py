"""Records that are derived from declared maps, for the contract tests.

A record has each key of the import map of its model, with a value that suits the field
it is mapped to; what it is ``bound`` to is added to the external system first.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from odoo import models

from ..components.mapping.modifier import Modifier, Source, chain, source_name
from ..components.mapping.relations import Bound
from ..components.mapping.steps import SearchBy, Stepped, ValueMap
from ..resource import resource_of

_UNKNOWN, _UNKNOWN_ID = "No such value 52c1", 2_000_000_001
_TEXTS, _NUMBERS = ("char", "text", "html"), ("float", "integer", "monetary")
_VALUES = {
    "boolean": True,
    "date": "2026-01-31",
    "datetime": "2026-01-31 12:00:00",
    "iso datetime": "2026-01-31T12:00:00Z",
}
#: Types of fields that refuse most texts.
_PARSED_TYPES = {*_NUMBERS, "date", "datetime", "iso datetime", "selection"}
#: What :meth:`DeclaredRecords._value` returns of a key to leave out.
_OMITTED = object()


class DeclaredRecords:
    """The records of a contract test.

    :param case: the test, with its ``backend`` and ``server``
    """

    def __init__(self, case: Any):
        self.case = case
        #: External IDs of what records are bound to, by model.
        self._needed: dict[str, Any] = {}

    # -- records of the external system

    def received(self, model: str, number: int, within: tuple = ()) -> dict[str, Any]:
        """Return a record of the external system, different for each number.

        :param within: models of the records that need this one
        :raises NotImplementedError: the format of the record cannot be told
        """
        with self.case.work_on(self.case.backend, model) as work:
            importer = work.component(usage="record.importer")
            id_key = work.component(usage="backend.adapter")._id_key
        if getattr(importer, "_parse", None):
            raise NotImplementedError(
                f"{model} parses its records: define example() and unknown_value."
            )
        mapper, record = self._mapper(model), {}
        # The external system itself sets the ID and the version.
        own = {id_key, importer._version_key, ""}
        for source, target in mapper.direct:
            if (key := source_name(source)) in own:
                continue
            value = self._value(mapper, source, target, number, (*within, model))
            if value is not _OMITTED:
                _put(record, key, value)
        for key, _target, line_model in mapper.children:
            line = self.received(line_model, number, (*within, model))
            id_key = mapper._get_map_child_component(line_model)._id_key
            _put(record, key, [{**line, id_key: number + 1}])
        return record

    def unknown_value(self, model: str) -> dict[str, Any]:
        """Return values with which a record cannot be imported, by key.

        :raises NotImplementedError: the map takes any value
        """
        mapper = self._mapper(model)
        ranked = [
            (_strictness(mapper, source, target), number, source_name(source))
            for number, (source, target) in enumerate(mapper.direct)
        ]
        (strictness, _number, path) = min(ranked, default=(_ANY, 0, ""))
        if strictness == _ANY:
            raise NotImplementedError(
                f"The import map of {model} takes any value: define unknown_value."
            )
        record = self.received(model, 0)
        _put(record, path, _UNKNOWN_ID if strictness == _BOUND else _UNKNOWN, True)
        key = path.split(".")[0]
        return {key: record[key]}

    def _value(self, mapper, source: Source, target: str, number: int, within) -> Any:
        """Return the value of a key, given how it is mapped."""
        field = mapper.model._fields.get(target)
        kind, name = (field.type, field.name) if field else ("char", target)
        for one in chain(source):
            step = one.step if isinstance(one, Stepped) else None
            if isinstance(step, SearchBy):
                return self._existing(step.model, step.field)
            if isinstance(step, ValueMap):
                return next(iter(step.values))
            if isinstance(one, Bound):
                return self._bound(one.binding, within, source)
            kind = _kind_read(one) or kind
        if kind == "many2one":
            return self._bound(field.comodel_name, within, source)
        if kind == "selection":
            return field.get_values(self.case.env)[0]
        return _plausible(kind, name, number)

    def _existing(self, model: str, field: str) -> Any:
        """Return a value that exactly one record has."""
        domain = [(field, "!=", False)]
        groups = self.case.env[model]._read_group(domain, [field], ["__count"])
        return next(value for value, count in groups if count == 1)

    def _bound(self, model: str, within: tuple[str, ...], source: Source) -> Any:
        """Return the ID of a record of another model, which is added if needed."""
        if model in within or not resource_of(self.case.env[model]):
            return _OMITTED if _is_optional(source) else None
        if model not in self._needed:
            record = self.received(model, 0, within)
            server, path = self.case.server, self.case.path_of(model)
            id_key = self.case.adapter(model)._id_key
            self._needed[model] = server.add(path, **record)[id_key]
        return self._needed[model]

    # -- records of Odoo

    def to_export(self, model: str) -> models.BaseModel:
        """Return a new record of Odoo whose exported fields have values.

        :raises NotImplementedError: the model binds no record
        """
        bound = self._bound_model(model)
        values = {
            name: self._stored(bound._fields[name])
            for name in (*_required(bound), *self._exported(model))
        }
        return bound.create(values)

    def change(self, model: str, record: models.BaseModel) -> None:
        """Change an exported field of a record of Odoo.

        :raises NotImplementedError: there is none whose values are known
        """
        names = self._exported(model)
        if not names:
            raise NotImplementedError(
                f"No text or number of {model} is exported: define change_to_export."
            )
        name = min(names, key=lambda name: record._fields[name].type not in _TEXTS)
        is_text = record._fields[name].type in _TEXTS
        record[name] = f"{record[name]} changed" if is_text else record[name] + 1

    def _bound_model(self, model: str) -> models.BaseModel:
        with self.case.work_on(self.case.backend, model) as work:
            bound = work.component(usage="binder").unwrap_model()
        if bound == model:
            raise NotImplementedError(
                f"{model} binds no record of Odoo: define record_to_export and "
                "change_to_export."
            )
        return self.case.env[bound]

    def _exported(self, model: str) -> list[str]:
        """Return the exported fields of the bound record that take any value."""
        with self.case.work_on(self.case.backend, model) as work:
            sources = [
                source_name(source).split(".")[0]
                for source, _target in work.component(usage="export.mapper").direct
            ]
        fields = self._bound_model(model)._fields
        return [
            name
            for name in dict.fromkeys(sources)
            if name in fields
            and fields[name].type in (*_TEXTS, *_NUMBERS)
            and not (fields[name].readonly and not fields[name].inherited)
        ]

    def _stored(self, field) -> Any:
        if field.type == "many2one":
            return self.case.env[field.comodel_name].search([], limit=1).id
        if field.type == "selection":
            return field.get_values(self.case.env)[0]
        return _plausible(field.type, field.name, 0)

    def _mapper(self, model: str) -> Any:
        with self.case.work_on(self.case.backend, model) as work:
            return work.component(usage="import.mapper")


def _required(model: models.BaseModel) -> list[str]:
    """Return the fields without which no record can be created."""
    names = [
        name
        for name, field in model._fields.items()
        if field.required
        and name not in model._inherits.values()
        and not (field.compute and not field.inherited)
    ]
    defaults = model.default_get(names)
    return [name for name in names if name not in defaults]


#: How certainly a wrong value is noticed, most certain first.
_SEARCHED, _LISTED, _BOUND, _PARSED, _ANY = range(5)


def _strictness(mapper, source: Source, target: str) -> int:
    """Return how a mapping notices a wrong value."""
    field = mapper.model._fields.get(target)
    kind = field.type if field else "char"
    for one in chain(source):
        step = one.step if isinstance(one, Stepped) else None
        if isinstance(step, SearchBy) and step.create is None:
            return _SEARCHED
        if isinstance(step, ValueMap) and step.is_complete:
            return _LISTED
        if isinstance(one, Bound):
            return _BOUND
        kind = _kind_read(one) or kind
    if not source_name(source):
        return _ANY
    return _PARSED if kind in _PARSED_TYPES else _ANY


def _kind_read(one: Modifier) -> str | None:
    """Return the type of field whose values a modifier reads, if it tells."""
    function = getattr(one, "conv_type", None) or getattr(one, "function", None)
    if function in (int, float):
        return "float" if function is float else "integer"
    known = {"parse_datetime": "iso datetime", "parse_date": "date"}
    return {**known, "file": "binary", "image": "binary"}.get(one.label)


def _is_optional(source: Source) -> bool:
    return isinstance(source, Modifier) and source.is_received({})


def _plausible(kind: str, name: str, number: int) -> Any:
    """Return a value of a field, different for each number."""
    if kind in _NUMBERS:
        return number + 1
    if kind not in _TEXTS or name == "vat":
        return _VALUES.get(kind)
    if "email" in name:
        return f"contract{number}@example.com"
    return f"{name.replace('_', ' ').title()} {number}"


def _put(record: dict, path: str, value: Any, replaces: bool = False) -> None:
    """Set the value at a path, which leads through dicts and lists.

    :param replaces: also if there is one
    """
    keys = path.split(".")
    place: Any = record
    for key, following in pairwise(keys):
        place = _child(place, key, [] if following.isdecimal() else {})
    if replaces:
        _set(place, keys[-1], value)
    else:
        _child(place, keys[-1], value)


def _child(place: Any, key: str, value: Any) -> Any:
    """Return what is at a key, which is set if it was empty."""
    found = place.get(key) if isinstance(place, dict) else None
    if isinstance(place, list) and int(key) < len(place):
        found = place[int(key)]
    if found is None:
        _set(place, key, value)
        return value
    return found


def _set(place: Any, key: str, value: Any) -> None:
    if isinstance(place, list):
        place += [None] * (int(key) + 1 - len(place))
        place[int(key)] = value
    else:
        place[key] = value
