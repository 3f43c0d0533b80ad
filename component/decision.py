"""How a lookup is decided, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import explanation
from .near_misses import near_misses
from .preference import tiers

if TYPE_CHECKING:
    from .work_context import WorkContext


@dataclass(frozen=True)
class Step:
    """A condition, and the components that were left after it."""

    condition: str
    left: list[str]


@dataclass(frozen=True)
class Decision:
    """The answer to a lookup, and how it came.

    ``answer`` is the name of the component found, ``None`` for an error; ``advice``
    then says what to do; ``near_misses`` says of the components that came near which
    condition they failed, name -> reasons.
    """

    question: str
    steps: list[Step]
    answer: str | None
    advice: str
    near_misses: dict[str, list[str]]


def decide(work: WorkContext, usage: str | None, kw: dict[str, Any]) -> Decision:
    """Decide a lookup as ``work.component(usage, **kw)`` does."""
    collection_name = work.collection._name
    fitting = work.components_registry.lookup(collection_name, usage, work.model_name)
    accepting, _work = work._matching_components(usage, work.model_name, **kw)
    steps = [
        Step("fit collection, usage and model", _names(fitting)),
        Step("accept (_component_match)", _names(accepting)),
    ]
    found = accepting
    for rule, found in tiers(accepting, collection_name, work.model_name):
        steps.append(Step(rule, _names(found)))
    advice = ""
    if not found:
        advice = "declare a component, or correct one of the nearest"
    elif len(found) > 1:
        advice = explanation.advice(work, usage, found)
    nearest = near_misses(work, usage, kw)[: explanation.SHOWN]
    return Decision(
        question=explanation.question(work, usage, kw),
        steps=steps,
        answer=found[0]._name if len(found) == 1 else None,
        advice=advice,
        near_misses={miss.name: list(miss.reasons) for miss in nearest},
    )


def _names(components: list[type]) -> list[str]:
    return [component._name for component in components]
