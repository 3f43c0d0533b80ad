"""Checks what connectors declare when the models of a database are loaded.

A misspelt model, field or method is reported with its file, its line and the nearest
name, before the first record is imported. Developers read these errors, so they are not
translated.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Any

from odoo import api, models

from odoo.addons.component.core import _component_databases

from .components.mapping.declared import ForVersion
from .components.mapping.modifier import Modifier, source_name
from .components.mapping.relations import Bound, Lines
from .components.mapping.steps import SearchBy, Stepped
from .flow import Flow
from .resource import resource_of
from .versions import parse_specifier


class DeclarationError(TypeError):
    """Declarations of a connector name something that does not exist."""


def check_declarations(env: api.Environment) -> None:
    """Check the bindings and the backends of all connectors that declare them.

    :raises DeclarationError: with one line for each mistake
    """
    mistakes = [
        mistake
        for name in env.registry
        if not (model := env[name])._abstract
        for mistake in (*_backend_mistakes(model), *_binding_mistakes(model))
    ]
    if mistakes:
        raise DeclarationError("\n".join(mistakes))


def _backend_mistakes(model: models.BaseModel) -> Iterator[str]:
    if not getattr(model, "_connector_defaults", False):
        return
    names: set[str] = set()
    for flow in model._sync_flows():
        for token, why in _flow_mistakes(model, flow, names):
            yield mistake_in(type(model), "_sync_flows", token, why)
        names.add(flow.name)


def _flow_mistakes(
    model: models.BaseModel, flow: Flow, names: Collection[str]
) -> Iterator[tuple[str, str]]:
    if flow.name in names:
        yield flow.name, f"two flows are named {flow.name!r}."
    if flow.direction not in ("import", "export"):
        yield (
            flow.direction,
            f"flow {flow.name!r}: the direction is import or export, not "
            f"{flow.direction!r}.",
        )
    if flow.model not in model.env:
        yield flow.model, unknown("model", flow.model, model.env.registry)
    elif not _can_be_read(model, flow):
        yield (
            flow.model,
            f"flow {flow.name!r}: {flow.model} declares no _resource, and there is no "
            "adapter for it.",
        )
    if flow.method and not hasattr(model, flow.method):
        what = f"method of {model._name}"
        yield flow.method, unknown(what, flow.method, dir(type(model)))


def _can_be_read(model: models.BaseModel, flow: Flow) -> bool:
    """Whether there is an adapter that knows where the records of a flow are."""
    if flow.method or resource_of(model.env[flow.model]):
        return True
    registry = _component_databases[model.env.cr.dbname]
    adapters = registry.lookup(model._name, "backend.adapter", flow.model)
    # Adapters of other kinds than REST have no path.
    return any(getattr(adapter, "_path", True) for adapter in adapters)


def _binding_mistakes(model: models.BaseModel) -> Iterator[str]:
    backend = getattr(model, "_backend", None)
    if isinstance(backend, str) and backend not in model.env:
        why = unknown("model", backend, model.env.registry)
        yield mistake_in(type(model), "_backend", backend, why)
    for attribute, check in (("_import_map", _imported), ("_export_map", _exported)):
        for definition in type(model).__mro__:
            for entry in vars(definition).get(attribute) or ():
                for token, why in _entry_mistakes(model, entry, check):
                    yield mistake_in(definition, attribute, token, why)


def _entry_mistakes(model, entry, check) -> Iterator[tuple[str, str]]:
    if isinstance(entry, ForVersion):
        try:
            parse_specifier(entry.specifier)
        except ValueError as error:
            yield entry.specifier, str(error)
        for own in entry.entries:
            yield from _entry_mistakes(model, own, check)
        return
    try:
        source, target = entry
    except (TypeError, ValueError):
        yield "", f"expected (source, target), got {entry!r}."
        return
    yield from check(model, source, target)


def _imported(model, source: Any, target: str) -> Iterator[tuple[str, str]]:
    field = model._fields.get(target)
    if field is None:
        yield target, unknown(f"field of {model._name}", target, model._fields)
    if isinstance(source, Lines):
        yield from _known_model(model, source.binding)
        if field is not None and field.type != "one2many":
            yield target, f"{target} takes lines, but is no one2many."
    for one in _chain(source):
        if isinstance(one, Bound):
            yield from _known_model(model, one.binding)
            if field is not None and field.type != "many2one":
                yield target, f"{target} is mapped with bound, but is no many2one."
        step = one.step if isinstance(one, Stepped) else None
        if isinstance(step, SearchBy):
            yield from _known_model(model, step.model)
            known = step.model in model.env and model.env[step.model]._fields
            if known and step.field not in known:
                what = f"field of {step.model}"
                yield step.field, unknown(what, step.field, known)


def _exported(model, source: Any, target: str) -> Iterator[tuple[str, str]]:
    if isinstance(source, Lines):
        name = source.field
        yield from _known_model(model, source.binding)
    else:
        name = source_name(source)
    fields = model._fields
    for part in filter(None, name.split(".")):
        if part not in fields:
            yield name, unknown(f"field of {model._name}", part, fields)
            return
        comodel = fields[part].comodel_name
        fields = model.env[comodel]._fields if comodel else {}
    for one in _chain(source):
        if isinstance(one, Bound):
            yield from _known_model(model, one.binding)


def _known_model(model: models.BaseModel, name: str) -> Iterator[tuple[str, str]]:
    if name not in model.env:
        yield name, unknown("model", name, model.env.registry)


def _chain(source: Any) -> Iterator[Modifier]:
    while isinstance(source, Modifier):
        yield source
        source = source.field


def unknown(what: str, name: str, known: Collection[str]) -> str:
    """Return the message of an unknown name, with the nearest one."""
    nearest = get_close_matches(name, list(known), n=1)
    hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
    return f"there is no {what} named {name!r}.{hint}"


def mistake_in(cls: type, attribute: str, token: str, why: str) -> str:
    """Return the message of a mistake, with the place of a declaration.

    :param attribute: name of the attribute, or method, of ``cls`` that is wrong
    :param token: the wrong text in it
    """
    for definition in cls.__mro__:
        if attribute in vars(definition) and getattr(definition, "pool", None) is None:
            place = _place(definition, attribute, token)
            return f"{place}{definition.__name__}.{attribute}: {why}"
    return f"{cls.__name__}.{attribute}: {why}"


def _place(definition: type, attribute: str, token: str) -> str:
    """Return file and line, nothing for a class that no file contains."""
    try:
        line = _line(definition, attribute, token)
        return f"{inspect.getsourcefile(definition)}:{line}: "
    except OSError:
        return ""


def _line(definition: type, attribute: str, token: str) -> int:
    """Return the line of a text in a declaration, else that of the declaration."""
    lines, first = inspect.getsourcelines(definition)
    tree = ast.parse(textwrap.dedent("".join(lines)))
    for node in ast.walk(tree):
        names = [getattr(one, "id", None) for one in getattr(node, "targets", ())]
        names += [getattr(getattr(node, "target", None), "id", None)]
        names += [getattr(node, "name", None)]
        if attribute in names:
            found = (
                one.lineno
                for one in ast.walk(node)
                if isinstance(one, ast.Constant) and one.value == token
            )
            return first - 1 + next(found, node.lineno)
    return first
