"""Checks what binding models declare besides their maps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_type_hints

from odoo import models

from .components.http.pagination import Paging
from .components.mapping.relations import name_of
from .declaration_place import Mistake, unknown
from .declared_setting import OF_COMPONENT
from .line_of import LineOf
from .resource import Resource

_KEYS = ("path", "list_key", "record_key", "id_key", "version_key")
#: Keys without which a resource cannot be read.
_REQUIRED_KEYS = ("path", "id_key")
_CHOICES = (
    *("update_method", "version_type", "match_policy", "import_by"),
    "on_remote_delete",
)
_DELETIONS = ("unlink", "archive", "keep")


def backend_mistakes(model: models.BaseModel, backend: Any) -> Iterator[Mistake]:
    """Yield the mistake that a backend does not exist."""
    if backend not in model.env:
        yield backend, unknown("model", backend, model.env.registry)


# -- resources


def resource_mistakes(model: models.BaseModel, resource: Any) -> Iterator[Mistake]:
    """Yield the mistakes in a resource."""
    if not isinstance(resource, Resource):
        yield "", f"expected Resource(...), got {resource!r}."
        return
    declared = {
        name: value
        for name, value in vars(resource).items()
        if value is not OF_COMPONENT
    }
    for name in _KEYS:
        empty = () if name in _REQUIRED_KEYS else (None,)
        value = declared.get(name, "")
        if not isinstance(value, str) and value not in empty:
            yield str(value), f"{name} is the name of a key, not {value!r}."
    choices = get_type_hints(Resource)
    for name in _CHOICES:
        known = list(_literals(choices[name]))
        if name in declared and declared[name] not in known:
            value = str(declared[name])
            yield (
                value,
                unknown(f"{name} of a Resource", value, [one for one in known if one]),
            )
    if not isinstance(declared.get("paging", Paging()), Paging):
        yield str(resource.paging), f"{resource.paging!r} is no paging."
    for name in ("query", "record_query"):
        if not isinstance(declared[name], Mapping):
            yield str(declared[name]), f"{name} is a dict, not {declared[name]!r}."
    yield from _parse_mistakes(model, declared.get("parse"))
    yield from _match_mistakes(model, declared.get("match_field"))


def _literals(hint: Any) -> Iterator[Any]:
    """Yield the values of a Literal, ``None`` for an optional one."""
    for one in get_args(hint):
        if one is type(None):
            yield None
        elif isinstance(one, str):
            yield one
        else:
            yield from _literals(one)


def _parse_mistakes(model: models.BaseModel, parse: Any) -> Iterator[Mistake]:
    if isinstance(parse, str):
        if not hasattr(model, parse):
            yield parse, unknown(f"method of {model._name}", parse, dir(type(model)))
    elif parse is not None and not callable(parse):
        yield str(parse), f"parse is a function or the name of a method, not {parse!r}."


def _match_mistakes(model: models.BaseModel, name: Any) -> Iterator[Mistake]:
    if name is None:
        return
    if not model._inherits:
        yield name, f"match_field requires _binds: {model._name} binds no record."
        return
    known = model.env[next(iter(model._inherits))]
    if name not in known._fields:
        yield name, unknown(f"field of {known._name}", name, known._fields)
    elif not known._fields[name]._description_searchable:
        yield name, f"{name} of {known._name} cannot be searched."


# -- relations to other models


def bindings_field_mistakes(model: models.BaseModel, name: Any) -> Iterator[Mistake]:
    """Yield the mistakes in the name of the one2many from the bound model."""
    if not model._binds:
        yield name, "_bindings_field requires _binds."
    elif model._binds in model.env:
        yield from _clashes(model, model._binds, name)


def line_of_mistakes(model: models.BaseModel, line_of: Any) -> Iterator[Mistake]:
    """Yield the mistakes in what says which record a line belongs to."""
    if not isinstance(line_of, LineOf):
        yield "", f"expected LineOf(...), got {line_of!r}."
        return
    deletion = line_of.on_remote_delete
    if deletion is not OF_COMPONENT and deletion not in _DELETIONS:
        what = "on_remote_delete of a LineOf"
        yield deletion, unknown(what, str(deletion), _DELETIONS)
    if deletion == "archive" and "active" not in model._fields:
        yield deletion, f"{model._name} has no field active, which archives a line."
    parent = name_of(line_of.model)
    if parent not in model.env:
        yield parent, unknown("model", parent, model.env.registry)
        return
    if model._fields[line_of.field].comodel_name != parent:
        yield line_of.field, f"{line_of.field} is no many2one to {parent}."
    yield from _clashes(model, parent, line_of.lines)
    if line_of.odoo_field:
        yield from _odoo_field_mistakes(model, line_of.odoo_field, parent)


def _odoo_field_mistakes(
    model: models.BaseModel, name: str, parent: str
) -> Iterator[Mistake]:
    bound = getattr(model.env[parent], "_binds", None)
    if name not in model._fields:
        yield name, unknown(f"field of {model._binds}", name, model._fields)
    elif model._fields[name].comodel_name != bound:
        yield name, f"{name} is no many2one to {bound}, which {parent} binds."


def _clashes(model: models.BaseModel, owner: str, name: str) -> Iterator[Mistake]:
    """Yield the other fields that have the name of a one2many to this model."""
    for definition in type(model.env[owner]).__mro__:
        for field in vars(definition).get("_field_definitions", ()):
            comodel = (field._args__ or {}).get("comodel_name", model._name)
            if field.name != name or (field.type, comodel) == (
                "one2many",
                model._name,
            ):
                continue
            yield (
                name,
                f"{owner} has another field {name!r}, of {field._module}: choose "
                "another name.",
            )
