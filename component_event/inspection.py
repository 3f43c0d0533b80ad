"""Which listeners receive an event on a model, and why others do not."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from odoo.addons.component.source import addon_of, short_place

from .components.collecter import DEFAULT_PRIORITY

if TYPE_CHECKING:
    from odoo.models import BaseModel

    from odoo.addons.component.core import AbstractComponent, ComponentRegistry


@dataclass(frozen=True)
class ListenerInfo:
    """A listener of an event; ``methods`` are source locations, in calling order."""

    event: str
    listener: str
    priority: int
    collection: str | None
    models: list[str] | None
    methods: list[str]


@dataclass(frozen=True)
class UnmatchedListener:
    """A listener that does not receive an event, and why."""

    listener: str
    reasons: list[str]


def listeners(
    model: BaseModel, event: str, collection: BaseModel | None = None
) -> list[ListenerInfo]:
    """Return the listeners of an event on a model, in calling order."""
    return [
        _describe(type(method.__self__), event)
        for method in model._event(event, collection=collection).events
    ]


def events(registry: ComponentRegistry) -> set[str]:
    """Return the events that have a listener."""
    return {
        event
        for component in _listeners(registry)
        if not component._abstract
        for event in getattr(component, "_events", ())
    }


def unmatched(
    registry: ComponentRegistry,
    model_name: str,
    event: str,
    collection_name: str | None = None,
) -> Iterator[UnmatchedListener]:
    """Yield the listeners that have a method for the event but do not receive it."""
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
            yield UnmatchedListener(component._name, reasons)


def _listeners(registry: ComponentRegistry) -> Iterator[type[AbstractComponent]]:
    for name in registry:
        if registry[name]._usage == "event.listener":
            yield registry[name]


def _describe(component: type[AbstractComponent], event: str) -> ListenerInfo:
    models = component.apply_on_models
    return ListenerInfo(
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
