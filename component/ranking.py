"""Ranking of the components that match a lookup."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .component import AbstractComponent


def rank(
    candidates: list[type[AbstractComponent]], collection_name: str, model_name: str
) -> Iterator[tuple[str, list[type[AbstractComponent]]]]:
    """Yield each rule applied, and the components that remain after it.

    Components of the collection rank above those of any collection; then those that
    list the model above those of any model; then those that no other component
    precedes (``_component_precedes``). A rule that no candidate satisfies is ignored.
    """
    rules = {
        "belong to the collection": lambda component, others: (
            component._collection == collection_name
        ),
        "list the model": lambda component, others: (
            model_name in (component.apply_on_models or ())
        ),
        "are not preceded by another": _is_first,
    }
    for rule, satisfies in rules.items():
        if len(candidates) < 2:
            return
        satisfying = [one for one in candidates if satisfies(one, candidates)]
        candidates = satisfying or candidates
        yield rule, candidates


def preferred(
    candidates: list[type[AbstractComponent]], collection_name: str, model_name: str
) -> list[type[AbstractComponent]]:
    """Return the components that remain after all rules, ideally one."""
    steps = list(rank(candidates, collection_name, model_name))
    return steps[-1][1] if steps else candidates


def _is_first(
    component: type[AbstractComponent], others: list[type[AbstractComponent]]
) -> bool:
    return not any(_precedes(other, component) for other in others)


def _precedes(
    component: type[AbstractComponent], other: type[AbstractComponent]
) -> bool:
    precedes = getattr(component, "_component_precedes", None)
    return callable(precedes) and precedes(other) is True
