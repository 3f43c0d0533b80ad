"""Which of several matching components is meant."""


def preferred(
    candidates: list[type], collection_name: str, model_name: str
) -> list[type]:
    """Return the candidates of the best tier; one means that it is chosen.

    Components of the collection win over those of any collection; among the ones
    left, those that list the model win over those of any model.
    """
    for condition in (
        lambda component: component._collection == collection_name,
        lambda component: model_name in (component.apply_on_models or ()),
    ):
        if len(candidates) > 1:
            candidates = list(filter(condition, candidates)) or candidates
    return candidates
