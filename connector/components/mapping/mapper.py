"""Mappers convert records of one system into values of the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import Any

from odoo.addons.component.core import AbstractComponent
from odoo.addons.component.exception import NoComponentError

from ...exception import MappingError, MissingSourceError, UnknownFieldError
from .declared import DeclaredMap, bound_sources, declared_map, nested
from .definitions import MappingDefinition, collect
from .helpers import MapperHelpers
from .modifiers import Source, is_received, is_zero, source_name
from .options import MapOptions
from .record import MapRecord
from .relations import Bound, external_to_m2o, m2o_to_external


class Mapper(MapperHelpers, AbstractComponent):
    """Base of all mappers.

    Mappings are declared in four ways, applied in this order:

    * ``direct``: pairs of source and target; the source is a name or a modifier;
    * methods with the decorator ``mapping``, which return dicts;
    * ``children``: source, target and model of the lines of a record;
    * :meth:`finalize`, for what requires the whole result.
    """

    _name = "base.mapper"
    _inherit = "base.connector"
    _usage = "mapper"

    #: List of ``(source, target)``.
    direct: list[tuple[Source, str]] = []
    #: List of ``(source, target, model of the children)``.
    children: list[tuple[str, str, str]] = []

    _map_methods: dict[str, MappingDefinition] | None = None
    #: By class of the model and version of the backend.
    _declared_maps: dict[tuple[type, str | None], DeclaredMap]

    _map_child_usage: str | None = None
    _map_child_fallback: str | None = None

    #: Attribute of the binding model with its declared map.
    _declared_map_attribute: str | None = None
    #: Sources of lines that may be missing in a record.
    _optional_children: frozenset[str] = frozenset()
    #: Sources and models of the lines in the declared map.
    _declared_lines: Sequence[tuple[str, str]] = ()

    def __init__(self, work):
        super().__init__(work)
        self._options: MapOptions | None = None
        attribute = self._declared_map_attribute
        if attribute and getattr(type(self.model), attribute, None):
            self._add_declared(attribute)

    def _add_declared(self, attribute: str) -> None:
        """Add the map that the model declares; mappings of the class override it."""
        model_class, version = (
            type(self.model),
            self.backend_record._get_backend_version(),
        )
        key = (model_class, version)
        declared = self._declared_maps.get(key)
        if declared is None:
            declared = declared_map(model_class, attribute, version)
            own = {target for _source, target in self.direct}
            declared = self._declared_maps[key] = replace(
                declared,
                direct=[
                    *(entry for entry in declared.direct if entry[1] not in own),
                    *self.direct,
                ],
                children=[*declared.children, *self.children],
            )
        self.direct, self.children = declared.direct, declared.children
        self._optional_children = declared.optional_children
        self._declared_lines = declared.lines

    @classmethod
    def _build_mapper_component(cls):
        cls._map_methods = collect(cls.__bases__)
        cls._declared_maps = {}

    @classmethod
    def _complete_component_build(cls):
        super()._complete_component_build()
        cls._build_mapper_component()

    @property
    def options(self) -> MapOptions | None:
        """Options of the current mapping, ``None`` outside of one."""
        return self._options

    @property
    def map_methods(self) -> Iterator[tuple]:
        """The mapping methods with their definitions, in execution order."""
        for name, definition in self._map_methods.items():
            yield getattr(self, name), definition

    def changed_by_fields(self) -> set[str]:
        """Return the fields whose change affects the mapped values."""
        changed_by = {
            self._direct_source_field_name(source) for source, _ in self.direct
        }
        for definition in self._map_methods.values():
            changed_by |= definition.changed_by
        return changed_by

    def map_record(self, record: Any, parent: MapRecord | None = None) -> MapRecord:
        """Return a record to map; call its ``values()`` to map it.

        :param record: external data (import) or a binding (export)
        :param parent: the parent record of a line
        """
        return MapRecord(self, record, parent=parent)

    def finalize(self, map_record: MapRecord, values: dict) -> dict:
        """Return the final values; called at the end of each mapping."""
        return values

    @cached_property
    def bound_sources(self) -> list[Bound]:
        """The relations that ``direct`` maps with ``bound``."""
        return list(bound_sources(self.direct))

    def bound_ids(self, record: Any) -> list[tuple[Any, str]]:
        """Return external IDs and binding models of what a received record needs.

        Those of the lines that the model declares are included.
        """
        needed = [
            (source.external_id(self, record), source.binding)
            for source in self.bound_sources
        ]
        for field, model_name in self._declared_lines:
            mapper = self.component(usage="import.mapper", model_name=model_name)
            for item in record.get(field) or ():
                needed += mapper.bound_ids(item)
        return needed

    def _direct_source_field_name(self, direct_entry: Source) -> str:
        return source_name(direct_entry)

    @contextmanager
    def _mapping_options(self, options: MapOptions | None):
        former = self._options
        self._options = options
        try:
            yield
        finally:
            # A mapper is reused after an error, by the synchronizer that caught it.
            self._options = former

    def _apply(self, map_record: MapRecord, options: MapOptions | None = None) -> dict:
        with self._mapping_options(MapOptions() if options is None else options):
            return self._apply_with_options(map_record)

    def _apply_with_options(self, map_record: MapRecord) -> dict:
        result: dict = {}
        for source, target in self.direct:
            if self._is_asked({self._direct_source_field_name(source)}):
                result[target] = self._map_direct(map_record.source, source, target)
        for method, definition in self.map_methods:
            if definition.only_create and not self.options.for_create:
                continue
            if not definition.changed_by or self._is_asked(definition.changed_by):
                result.update(self._mapped(method, map_record.source))
        for source, target, model_name in self.children:
            if source in self._optional_children and source not in map_record.source:
                continue
            if self._is_asked({source}):
                result[target] = self._map_child(map_record, source, target, model_name)
        return self.finalize(map_record, result)

    def _is_asked(self, names: set[str]) -> bool:
        fields = self.options.fields
        return not fields or not names.isdisjoint(fields)

    def _mapped(self, method, record: Any) -> dict:
        values = method(record)
        if not values:
            return {}
        if not isinstance(values, dict):
            raise ValueError(
                f"{self!r}: mapping method {method.__name__} must return a dict, "
                f"not {values!r}."
            )
        return values

    def _map_direct(self, record: Any, from_attr: Source, to_attr: str) -> Any:
        """Return the value of one direct mapping."""
        raise NotImplementedError

    def _map_children(self, record: Any, attr: str, model: str):
        raise NotImplementedError

    def _map_child(
        self, map_record: MapRecord, from_attr: str, to_attr: str, model_name: str
    ) -> Any:
        """Return the value of one child mapping."""
        if not self._map_child_usage:
            raise MappingError(
                f"{self!r} has no _map_child_usage: it cannot map children."
            )
        line = f"children ({from_attr!r}, {to_attr!r}, {model_name!r})"
        items = self._child_items(map_record, from_attr, to_attr, model_name)
        # The requested fields are those of the parent, not of its children.
        options = MapOptions(self.options or {}, fields=None)
        try:
            map_child = self._get_map_child_component(model_name)
            return map_child.get_items(items, map_record, to_attr, options=options)
        except KeyError as error:
            # A target that is not a field may be used by ``finalize``; some mappings
            # need the field.
            if error.args == (to_attr,) and to_attr not in self.model._fields:
                what = f"{self.model._name} has no field {to_attr!r}"
            elif error.args == (model_name,) and model_name not in self.env:
                what = "the model does not exist"
            else:
                raise
            raise UnknownFieldError(f"{self!r}: {line}: {what}") from error

    def _child_items(self, map_record, from_attr, to_attr, model_name):
        try:
            items = map_record.source[from_attr]
            iter(items)
        except (KeyError, TypeError) as error:
            raise MissingSourceError(
                f"{self!r}: no list of items in {from_attr!r} to map to {to_attr!r} "
                f"({model_name}) in {map_record.source!r}"
            ) from error
        return items

    def _get_map_child_component(self, model_name: str):
        try:
            return self.component(usage=self._map_child_usage, model_name=model_name)
        except NoComponentError:
            if not self._map_child_fallback:
                raise
            return self.component_by_name(
                self._map_child_fallback, model_name=model_name
            )

    def _is_many2one(self, name: str) -> bool:
        field = self.model._fields.get(name)
        if field is None:
            raise UnknownFieldError(
                f"{self!r}: {self.model._name} has no field {name!r}, which a direct "
                "mapping names"
            )
        return field.type == "many2one"


class ImportMapper(AbstractComponent):
    """Map external data to values of Odoo."""

    _name = "base.import.mapper"
    _inherit = "base.mapper"
    _usage = "import.mapper"

    _map_child_usage = "import.map.child"
    _map_child_fallback = "base.map.child.import"
    _declared_map_attribute = "_import_map"

    def _apply(self, map_record, options=None):
        if self._is_declared:
            self._check_received(map_record.source)
        return super()._apply(map_record, options=options)

    def _check_received(self, record) -> None:
        """Check that a record has all keys that are not optional.

        :raises MissingSourceError: one is missing
        """
        for source, target in self.direct:
            if not is_received(source, record):
                raise MissingSourceError(
                    self.env._(
                        "The record has no key “%(key)s”, which %(target)s is mapped "
                        "from. Correct the key, or declare optional(%(quoted)s) if the "
                        "external system omits it.",
                        key=source_name(source),
                        target=target,
                        quoted=repr(source_name(source)),
                    )
                )

    def _map_direct(self, record, from_attr, to_attr):
        """Return the value of one direct mapping.

        :param record: mapping with a ``get``
        """
        if callable(from_attr):
            return from_attr(self, record, to_attr)
        value = record.get(from_attr)
        if not value and not is_zero(value):
            return False
        if self._is_many2one(to_attr):
            return external_to_m2o(from_attr)(self, record, to_attr)
        return value


class ExportMapper(AbstractComponent):
    """Map records of Odoo to the data sent to the external system."""

    _name = "base.export.mapper"
    _inherit = "base.mapper"
    _usage = "export.mapper"

    _map_child_usage = "export.map.child"
    _map_child_fallback = "base.map.child.export"
    _declared_map_attribute = "_export_map"

    def _apply(self, map_record, options=None):
        dotted = [target for _source, target in self.direct if "." in target]
        if not dotted or not self._is_declared:
            return super()._apply(map_record, options=options)
        if options and options.fields:
            options = MapOptions(options, fields=self._with_siblings(options.fields))
        return nested(super()._apply(map_record, options=options), dotted)

    def _with_siblings(self, names) -> set[str]:
        """Return the fields to export, and those of the same dicts: sent as a whole."""
        groups: dict[str, set[str]] = {}
        for source, target in self.direct:
            group = groups.setdefault(target.split(".")[0], set())
            group.add(self._direct_source_field_name(source))
        asked = set(names)
        return asked.union(
            *(one for one in groups.values() if not one.isdisjoint(asked))
        )

    def _map_direct(self, record, from_attr, to_attr):
        """Return the value of one direct mapping.

        :param record: a binding
        """
        if callable(from_attr):
            return from_attr(self, record, to_attr)
        value = record[from_attr]
        if not value and not is_zero(value):
            return False
        if self._is_many2one(from_attr):
            return m2o_to_external(from_attr)(self, record, to_attr)
        return value
