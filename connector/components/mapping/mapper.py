"""Mappers convert records of one system into values of the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any

from odoo import models

from odoo.addons.component.core import AbstractComponent
from odoo.addons.component.exception import NoComponentError

from ...exception import MappingError, MissingSourceError, UnknownFieldError
from .declared_mapper import DeclaredMapMixin
from .definitions import MappingDefinition, collect
from .helpers import MapperHelpers
from .modifier import Source, is_received, read, source_name
from .options import MapOptions
from .plan import Direct, Plan, is_asked
from .record import MapRecord


class Mapper(DeclaredMapMixin, MapperHelpers, AbstractComponent):
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
    #: The plans of the component, by class of the model.
    _plans: dict[type, Plan] = {}

    _map_child_usage: str | None = None
    _map_child_fallback: str | None = None

    def __init__(self, work):
        super().__init__(work)
        self._options: MapOptions | None = None
        self._add_declared()

    @classmethod
    def _build_mapper_component(cls):
        cls._map_methods = collect(cls.__bases__)
        cls._declared_maps = {}
        cls._plans = {}

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
        if options is None:
            options = MapOptions()
        if type(self)._mapping_options is not Mapper._mapping_options:
            with self._mapping_options(options):
                return self._apply_with_options(map_record)
        # The same without a context manager, a tenth of the time of a mapping.
        former, self._options = self._options, options
        try:
            return self._apply_with_options(map_record)
        finally:
            self._options = former

    def _apply_with_options(self, map_record: MapRecord) -> dict:
        record, options, plan = map_record.source, self.options, self._plan()
        fields = options["fields"]
        direct = plan.direct_of(fields) if fields else plan.direct
        result = self._map_all_direct(record, direct)
        for method in self._methods_to_call(plan, options):
            values = method(record)
            if not values:
                continue
            if not isinstance(values, dict):
                raise ValueError(
                    f"{self!r}: mapping method {method.__name__} must return a dict, "
                    f"not {values!r}."
                )
            result.update(values)
        for source, target, model_name in self.children:
            if source in self._optional_children and not is_received(source, record):
                continue
            if not fields or source in fields:
                result[target] = self._map_child(map_record, source, target, model_name)
        return self.finalize(map_record, result)

    def _plan(self) -> Plan:
        """Return what to do for each record of the model."""
        model, declared, definitions = type(self.model), self.direct, self._map_methods
        plan = self._plans.get(model)
        if plan and plan.declared == declared and plan.definitions is definitions:
            return plan
        methods = list(definitions)
        plan = Plan(
            copy(declared),
            [(*one, self._is_plain(*one)) for one in declared],
            [self._direct_source_field_name(source) for source, _target in declared],
            definitions,
            methods,
            [name for name in methods if not definitions[name].only_create],
        )
        # Test doubles of models share their class.
        if issubclass(model, models.BaseModel):
            self._plans[model] = plan
        return plan

    def _methods_to_call(self, plan: Plan, options: MapOptions) -> list[Callable]:
        if options["fields"] or type(self).map_methods is not Mapper.map_methods:
            return [
                method
                for method, definition in self.map_methods
                if is_asked(definition, options)
            ]
        names = plan.for_create if options["for_create"] else plan.for_update
        return [getattr(self, name) for name in names]

    def _is_plain(self, source: Source, target: str) -> bool:
        """Whether a direct mapping uses the value of its source as it is."""
        return False

    def _map_all_direct(self, record: Any, direct: Sequence[Direct]) -> dict:
        return {
            target: self._map_direct(record, source, target)
            for source, target, _is_plain in direct
        }

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
            items = read(map_record.source, from_attr)
            if items is None and (from_attr, model_name) in self._declared_lines:
                # As for fields, null is an empty value.
                return []
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

    def _holds_values(self, name: str) -> bool:
        """Whether the model has this field, and it is no many2one."""
        field = self.model._fields.get(name)
        return field is not None and field.type != "many2one"

    def _is_many2one(self, name: str) -> bool:
        field = self.model._fields.get(name)
        if field is None:
            raise UnknownFieldError(
                f"{self!r}: {self.model._name} has no field {name!r}, which a direct "
                "mapping names"
            )
        return field.type == "many2one"
