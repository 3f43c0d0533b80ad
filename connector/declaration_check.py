"""Checks what connectors declare when the models of a database are loaded.

A misspelt model, field or method is reported with its file, its line and the nearest
name, before the first record is imported, and all of them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from odoo import api, models

from odoo.addons.component.core import _component_databases

from . import cursor_value
from .declaration_binding_check import (
    backend_mistakes,
    bindings_field_mistakes,
    line_of_mistakes,
    resource_mistakes,
)
from .declaration_map_check import export_map_mistakes, import_map_mistakes
from .declaration_place import DeclarationError, Mistake, mistake_in, unknown
from .flow import Flow
from .resource import resource_of

__all__ = ["DeclarationError", "check_declarations", "mistake_in", "unknown"]

CURSOR_TYPES = (cursor_value.DATETIME, cursor_value.NUMBER, cursor_value.TEXT)
#: Attribute of a binding model -> the mistakes in what a class declares there.
_CHECKS: dict[str, Callable[[models.BaseModel, Any], Iterator[Mistake]]] = {
    "_backend": backend_mistakes,
    "_resource": resource_mistakes,
    "_line_of": line_of_mistakes,
    "_bindings_field": bindings_field_mistakes,
    "_import_map": import_map_mistakes,
    "_export_map": export_map_mistakes,
}


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
) -> Iterator[Mistake]:
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
    else:
        yield from _foreign(model, flow)
    if flow.method and not hasattr(model, flow.method):
        what = f"method of {model._name}"
        yield flow.method, unknown(what, flow.method, dir(type(model)))
    kind = Mapping if flow.direction == "import" else list
    if flow.filters is not None and not isinstance(flow.filters, kind):
        expected = "a dict of query parameters" if kind is Mapping else "a domain"
        yield "", f"flow {flow.name!r}: filters are {expected}, not {flow.filters!r}."
    if flow.cursor_type not in (None, *CURSOR_TYPES):
        what = "cursor_type of a Flow"
        yield flow.cursor_type, unknown(what, str(flow.cursor_type), CURSOR_TYPES)


def _foreign(model: models.BaseModel, flow: Flow) -> Iterator[Mistake]:
    """Yield the mistake that a flow synchronizes bindings of another backend."""
    field = model.env[flow.model]._fields.get("backend_id")
    if field is not None and field.comodel_name not in (None, model._name):
        yield (
            flow.model,
            f"flow {flow.name!r}: {flow.model} belongs to {field.comodel_name}, not to "
            f"{model._name}.",
        )


def _can_be_read(model: models.BaseModel, flow: Flow) -> bool:
    """Whether there is an adapter that knows where the records of a flow are."""
    if flow.method or resource_of(model.env[flow.model]):
        return True
    registry = _component_databases[model.env.cr.dbname]
    adapters = registry.lookup(model._name, "backend.adapter", flow.model)
    # Adapters of other kinds than REST have no path.
    return any(getattr(adapter, "_path", True) for adapter in adapters)


def _binding_mistakes(model: models.BaseModel) -> Iterator[str]:
    # Other models may have attributes of these names.
    if not hasattr(model, "_import_map"):
        return
    for attribute, check in _CHECKS.items():
        for definition in type(model).__mro__:
            declared = vars(definition).get(attribute)
            for token, why in check(model, declared) if declared else ():
                yield mistake_in(definition, attribute, token, why)
