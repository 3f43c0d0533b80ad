"""Which models have derived records, and of which kinds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from odoo.models import BaseModel


def is_backend(model: BaseModel) -> bool:
    return isinstance(model, model.pool["connector.backend.mixin"])


def is_binding(model: BaseModel) -> bool:
    return isinstance(model, model.pool["connector.binding"])


def backend_of(model: BaseModel) -> BaseModel | None:
    """Return the backend model of a backend or binding, if it opts in."""
    if model._abstract or model._transient:
        return None
    backend = model
    if is_binding(model):
        field = model._fields.get("backend_id")
        if not field or field.type != "many2one" or field.comodel_name not in model.env:
            return None
        backend = model.env[field.comodel_name]
    return backend if is_backend(backend) and backend._connector_defaults else None


def is_derived(model: BaseModel, kind: str) -> bool:
    """Return whether records of a kind are derived from a model."""
    if backend_of(model) is None:
        return False
    chosen = model._derived_records
    return bool(chosen) if isinstance(chosen, bool) else kind in chosen


def sorted_models(models: Iterable[BaseModel]) -> list[BaseModel]:
    """Return the backends and bindings that opt in, backends first."""
    found = [model for model in models if backend_of(model) is not None]
    return sorted(found, key=lambda model: not is_backend(model))


def bindings_of(backend: BaseModel) -> list[BaseModel]:
    """Return the binding models of a backend model."""
    names = backend.pool.descendants(["connector.binding"], "_inherit")
    models = [backend.env[name] for name in names if name in backend.env]
    return [
        model
        for model in sorted_models(models)
        if backend_of(model)._name == backend._name and model._name != backend._name
    ]


def slug_of(model: BaseModel) -> str:
    """Return the part of XML IDs that stands for a model."""
    return model._name.replace(".", "_")
