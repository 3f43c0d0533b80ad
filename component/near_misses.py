"""Components that nearly match a lookup, and the conditions they fail."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from .matching import accepts, refusal

if TYPE_CHECKING:
    from .component import AbstractComponent
    from .work_context import WorkContext


@dataclass(frozen=True)
class NearMiss:
    """A component, the conditions it fails, and its distance from the lookup."""

    name: str
    component: type[AbstractComponent]
    reasons: tuple[str, ...]
    distance: float


def near_misses(
    work: WorkContext, usage: str | None, kw: dict[str, Any]
) -> list[NearMiss]:
    """Return the components that fail the fewest conditions, closest first.

    Those that fail one condition or, if there are none, those that fail two.
    """
    registry = work.components_registry
    misses = [
        miss
        for name in registry
        if name != "base" and (miss := _evaluate(work, usage, kw, name)).reasons
    ]
    for failed in (1, 2):
        nearest = [miss for miss in misses if len(miss.reasons) == failed]
        if nearest:
            return sorted(nearest, key=lambda miss: (miss.distance, miss.name))
    return []


def _evaluate(
    work: WorkContext, usage: str | None, kw: dict[str, Any], name: str
) -> NearMiss:
    component = work.components_registry[name]
    failed = []
    if component._abstract:
        failed.append((0.9, "it is abstract: inherit from it with a Component"))
    collection = component._collection
    if collection is not None and collection != work.collection._name:
        failed.append(
            (
                _distance(collection, work.collection._name),
                f"its _collection is {collection}",
            )
        )
    if usage is not None and component._usage != usage:
        failed.append(
            (_distance(component._usage, usage), _usage_reason(component._usage))
        )
    models = component.apply_on_models
    if models is not None and work.model_name not in models:
        failed.append((0.3, _models_reason(models)))
    if not failed and not accepts(component, work, usage, work.model_name, kw):
        reason = refusal(component, work) or "its _component_match refused"
        failed.append((0.1, reason))
    return NearMiss(
        name=name,
        component=component,
        reasons=tuple(reason for _, reason in failed),
        distance=sum(distance for distance, _ in failed),
    )


def _usage_reason(usage: str | None) -> str:
    return f"its _usage is {usage}" if usage else "it has no _usage"


def _models_reason(models: Any) -> str:
    if not models:
        return "its _apply_on is empty: it can only be retrieved by name"
    return f"its _apply_on is {', '.join(models)}"


def _distance(value: str | None, wanted: str) -> float:
    """Return the distance between two names, from 0 to 1."""
    if not value:
        return 1.0
    return 1 - SequenceMatcher(None, str(value), str(wanted)).ratio()
