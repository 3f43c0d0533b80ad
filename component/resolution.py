"""How a lookup is resolved, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import explanation
from .near_misses import near_misses
from .ranking import rank

if TYPE_CHECKING:
    from .component import AbstractComponent
    from .work_context import WorkContext


@dataclass(frozen=True)
class Step:
    """A condition, and the names of the components that satisfy it."""

    condition: str
    left: list[str]


@dataclass(frozen=True)
class Resolution:
    """The result of a lookup, and how it was reached.

    ``result`` is the name of the component, ``None`` when the lookup fails; ``advice``
    then says what to do. ``near_misses`` maps the names of the closest components to
    the conditions they failed.
    """

    query: str
    steps: list[Step]
    result: str | None
    advice: str
    near_misses: dict[str, list[str]]


def resolve(work: WorkContext, usage: str | None, kw: dict[str, Any]) -> Resolution:
    """Resolve a lookup as ``work.component(usage, **kw)`` does."""
    collection_name = work.collection._name
    matching = work.components_registry.lookup(collection_name, usage, work.model_name)
    accepting, _work = work._matching_components(usage, work.model_name, **kw)
    steps = [
        Step("match collection, usage and model", _names(matching)),
        Step("accept (_component_match)", _names(accepting)),
    ]
    found = accepting
    for rule, found in rank(accepting, collection_name, work.model_name):
        steps.append(Step(rule, _names(found)))
    advice = ""
    if not found:
        advice = "declare a component, or fix one of the near misses"
    elif len(found) > 1:
        advice = explanation.advice(work, usage, found)
    nearest = near_misses(work, usage, kw)[: explanation.SHOWN]
    return Resolution(
        query=explanation.query(work, usage, kw),
        steps=steps,
        result=found[0]._name if len(found) == 1 else None,
        advice=advice,
        near_misses={miss.name: list(miss.reasons) for miss in nearest},
    )


def _names(components: list[type[AbstractComponent]]) -> list[str]:
    return [component._name for component in components]
