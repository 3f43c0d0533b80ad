"""Which of several matching components is meant."""


def preferred(
    candidates: list[type], collection_name: str, model_name: str
) -> list[type]:
    """Return the candidates of the best tier; one means that it is chosen.

    Components of the collection win over those of any collection; among the ones
    left, those that list the model win over those of any model; then those that no
    other one precedes (``_component_precedes``).
    """
    for condition in (
        lambda component: component._collection == collection_name,
        lambda component: model_name in (component.apply_on_models or ()),
    ):
        if len(candidates) > 1:
            candidates = list(filter(condition, candidates)) or candidates
    if len(candidates) > 1:
        candidates = [
            component
            for component in candidates
            if not any(_precedes(other, component) for other in candidates)
        ]
    return candidates


def _precedes(component: type, other: type) -> bool:
    ask = getattr(component, "_component_precedes", None)
    return callable(ask) and ask(other) is True
