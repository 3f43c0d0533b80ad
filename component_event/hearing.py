"""Who hears an event on a model, and why the others do not."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from odoo.addons.component.source import addon_of, short_place

from .components.collecter import DEFAULT_PRIORITY

if TYPE_CHECKING:
    from odoo.models import BaseModel

    from odoo.addons.component.core import ComponentRegistry


@dataclass(frozen=True)
class Heard:
    """A listener that hears an event; ``methods`` are where, the first called first."""

    event: str
    listener: str
    priority: int
    collection: str | None
    models: list[str] | None
    methods: list[str]


@dataclass(frozen=True)
class Missed:
    """A listener that does not hear an event, and why."""

    listener: str
    reasons: list[str]


def listeners(
    model: BaseModel, event: str, collection: BaseModel | None = None
) -> list[Heard]:
    """Return who hears an event on a model, in the order they are called."""
    return [
        _heard(type(method.__self__), event)
        for method in model._event(event, collection=collection).events
    ]


def events(registry: ComponentRegistry) -> set[str]:
    """Return the events that any listener hears."""
    return {
        event
        for component in _listeners(registry)
        if not component._abstract
        for event in getattr(component, "_events", ())
    }


def deaf(
    registry: ComponentRegistry,
    model_name: str,
    event: str,
    collection_name: str | None = None,
) -> Iterator[Missed]:
    """Yield the listeners that have the method of the event, but do not hear it."""
    for component in _listeners(registry):
        if not callable(getattr(component, event, None)):
            continue
        reasons = []
        if component._abstract:
            reasons.append("it is abstract: inherit from it with a Component")
        models = component.apply_on_models
        if models is not None and model_name not in models:
            reasons.append(f"its _apply_on is {', '.join(models) or 'empty'}")
        own = component._collection
        if collection_name and own not in (None, collection_name):
            reasons.append(f"its _collection is {own}")
        if reasons:
            yield Missed(component._name, reasons)


def _listeners(registry: ComponentRegistry) -> Iterator[type]:
    for name in registry:
        if registry[name]._usage == "event.listener":
            yield registry[name]


def _heard(component: type, event: str) -> Heard:
    models = component.apply_on_models
    return Heard(
        event=event,
        listener=component._name,
        priority=getattr(component, "_event_priority", DEFAULT_PRIORITY),
        collection=component._collection,
        models=list(models) if models is not None else None,
        methods=[
            short_place(addon_of(declared), inspect.unwrap(vars(declared)[event]))
            for declared in component.__mro__
            if event in vars(declared)
        ],
    )
