"""Checks the maps that binding models declare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from odoo import models
from odoo.fields import Field

from .components.mapping.declared import Entry, ForVersion
from .components.mapping.modifier import Source, chain, source_name
from .components.mapping.modifiers import Method
from .components.mapping.relations import Bound, Lines
from .components.mapping.steps import SearchBy, Stepped, ValueMap
from .declaration_place import Mistake, unknown
from .versions import parse_specifier


def import_map_mistakes(
    model: models.BaseModel, entries: Sequence[Entry]
) -> Iterator[Mistake]:
    """Yield the mistakes in an import map."""
    for source, target in _pairs(entries):
        yield from _imported(model, source, target)
    yield from _map_mistakes(entries)


def export_map_mistakes(
    model: models.BaseModel, entries: Sequence[Entry]
) -> Iterator[Mistake]:
    """Yield the mistakes in an export map."""
    for source, target in _pairs(entries):
        yield from _exported(model, source, target)
    yield from _map_mistakes(entries)
    for target, outer in sorted(set(_nested_in_values(entries))):
        yield target, f"{outer!r} is a value, so that {target!r} has no place."


# -- the form of a map


def _pairs(entries: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield sources and targets, for whatever version they are."""
    for entry in entries:
        if isinstance(entry, ForVersion):
            yield from _pairs(entry.entries)
        elif isinstance(entry, tuple | list) and len(entry) == 2:
            yield entry[0], entry[1]


def _map_mistakes(entries: Sequence[Any]) -> Iterator[Mistake]:
    for entry in entries:
        if isinstance(entry, ForVersion):
            try:
                parse_specifier(entry.specifier)
            except ValueError as error:
                yield entry.specifier, str(error)
            yield from _map_mistakes(entry.entries)
        elif not (isinstance(entry, tuple | list) and len(entry) == 2):
            yield "", f"expected (source, target), got {entry!r}."
    # For some versions, a target may have another source than for all others.
    own = [entry for entry in entries if not isinstance(entry, ForVersion)]
    for target, count in Counter(target for _source, target in _pairs(own)).items():
        if count > 1:
            yield target, f"{target!r} is mapped {count} times: only the last counts."


def _nested_in_values(entries: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Yield the targets inside of others, which are sent for the same version."""
    common = [entry for entry in entries if not isinstance(entry, ForVersion)]
    by_version: dict[str, list[Any]] = {"": []}
    for entry in entries:
        if isinstance(entry, ForVersion):
            by_version.setdefault(entry.specifier, []).extend(entry.entries)
    for own in by_version.values():
        pairs = _pairs([*common, *own])
        targets = {target for _source, target in pairs if isinstance(target, str)}
        for target in targets:
            parts = target.split(".")
            outers = {".".join(parts[:end]) for end in range(1, len(parts))}
            yield from ((target, outer) for outer in outers & targets)


# -- imports


def _imported(
    model: models.BaseModel, source: Source | Lines, target: str
) -> Iterator[Mistake]:
    field = model._fields.get(target)
    if field is None:
        yield target, unknown(f"field of {model._name}", target, model._fields)
    if isinstance(source, Lines):
        yield from _unknown_model(model, source.binding)
        if field is not None and field.type != "one2many":
            yield target, f"{target} takes lines, but is no one2many."
    yield from _source_mistakes(source)
    for number, one in enumerate(chain(source)):
        if isinstance(one, Bound):
            yield from _unknown_model(model, one.binding)
            if one.missing not in ("error", "empty"):
                what = "value of missing"
                yield one.missing, unknown(what, str(one.missing), ("error", "empty"))
            if field is not None and field.type != "many2one":
                yield target, f"{target} is mapped with bound, but is no many2one."
        if isinstance(one, Method):
            yield one.name, f"method({one.name!r}) is for records to export."
        if isinstance(one, Stepped):
            # What the last step returns is the value of the field.
            yield from _step_mistakes(model, one, field if number == 0 else None)


def _source_mistakes(source: Any) -> Iterator[Mistake]:
    """Yield the mistake that a source reads neither a key nor lines."""
    *_outer, inner = (source, *(one.field for one in chain(source)))
    if isinstance(inner, Lines) and inner is not source:
        yield inner.field, f"{inner!r} is no value: declare lines(optional(...))."
    elif not isinstance(inner, str | Lines) and not callable(inner):
        yield "", f"expected the name of a key, got {inner!r}."


def _step_mistakes(
    model: models.BaseModel, stepped: Stepped, field: Field | None
) -> Iterator[Mistake]:
    step = stepped.step
    if isinstance(step, SearchBy):
        yield from _search_mistakes(model, step, field)
    if isinstance(step, ValueMap):
        yield from _value_map_mistakes(model, step, field)


def _search_mistakes(
    model: models.BaseModel, step: SearchBy, field: Field | None
) -> Iterator[Mistake]:
    if step.model not in model.env:
        yield from _unknown_model(model, step.model)
        return
    known = model.env[step.model]._fields
    for name in (step.field, *(step.create or ())):
        if name not in known:
            yield name, unknown(f"field of {step.model}", name, known)
    if field is not None and field.comodel_name not in (None, step.model):
        yield (
            step.model,
            f"{field.name} is a {field.comodel_name}, but {step.model} is searched.",
        )


def _value_map_mistakes(
    model: models.BaseModel, step: ValueMap, field: Field | None
) -> Iterator[Mistake]:
    if not isinstance(step.values, Mapping):
        yield "", f"value_map takes a dict of values, not {step.values!r}."
        return
    if field is None or field.type != "selection":
        return
    known = field.get_values(model.env)
    for value in step.values.values():
        if value and value not in known:
            yield value, unknown(f"value of {field.name}", str(value), known)


# -- exports


def _exported(
    model: models.BaseModel, source: Source | Lines, target: str
) -> Iterator[Mistake]:
    if isinstance(source, Lines):
        yield from _unknown_model(model, source.binding)
    name = source.field if isinstance(source, Lines) else source_name(source)
    fields = model._fields
    for part in filter(None, name.split(".")):
        if part not in fields:
            yield name, unknown(f"field of {model._name}", part, fields)
            break
        comodel = fields[part].comodel_name
        fields = model.env[comodel]._fields if comodel else {}
    if not isinstance(target, str):
        yield "", f"expected the name of a key, got {target!r}."
    for one in chain(source):
        if isinstance(one, Bound):
            yield from _unknown_model(model, one.binding)
        if isinstance(one, Method) and not hasattr(model, one.name):
            what = f"method of {model._name}"
            yield one.name, unknown(what, one.name, dir(type(model)))
        if isinstance(one, Stepped) and isinstance(one.step, ValueMap):
            yield from _value_map_mistakes(model, one.step, None)


def _unknown_model(model: models.BaseModel, name: str) -> Iterator[Mistake]:
    if name not in model.env:
        yield name, unknown("model", name, model.env.registry)
