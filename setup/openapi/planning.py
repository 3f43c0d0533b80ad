"""Plans the models of a connector for the lists of a description."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

from ..errors import SetupError
from ..scaffold.plan import FlowPlan, ModelPlan, ResourcePlan
from .collections import Collection, Unusable
from .document import Document
from .matching import Match, matches, model_of, suggestions
from .paging import paging_source, since_parameter, version_key


def choose(
    document: Document,
    found: Sequence[Collection],
    unusable: Sequence[Unusable],
    model: str | None = None,
    path: str | None = None,
) -> list[tuple[str, Collection]]:
    """Return the lists to synchronize, each with its model of Odoo.

    :param model: model of the only list to be taken, which ``path`` names
    :raises SetupError: there is no such list, or none that surely has a model
    """
    if path:
        for one in found:
            if one.path == path:
                return [(model or _sure_model(one), one)]
        for other in unusable:
            if other.path == path:
                raise SetupError(f"{path} cannot be read: {other.reason}")
        raise SetupError(
            f"{document.source} has no list {path}; it has "
            f"{', '.join(one.path for one in found) or 'none'}"
        )
    sure: dict[str, list[Collection]] = {}
    for one in found:
        name = model_of(one)
        if name and any(row.field == "name" for row in matches(document, one, name)):
            sure.setdefault(name, []).append(one)
    # Of two lists of the same model, only the author knows which.
    return [
        (name, lists[0])
        for name, lists in sure.items()
        if len(lists) == 1 and (model is None or name == model)
    ]


def _sure_model(collection: Collection) -> str:
    if model := model_of(collection):
        return model
    raise SetupError(
        f"say which model of Odoo {collection.path} is: MODEL=res.partner "
        f"RESOURCE={collection.path}"
    )


def model_plan(document: Document, collection: Collection, model: str) -> ModelPlan:
    """Return how the records of a list are imported.

    Keys that surely are those of a field are mapped, the others are comments.
    """
    sure = matches(document, collection, model)
    rest = list(suggestions(document, collection, sure))
    lines = [one.entry() for one in sure]
    if rest:
        lines += ["# Keys that the description has as well:", *rest]
    example: dict[str, Any] = {}
    for one in sure:
        _put(example, one.path, one.example())
    version = version_key(collection)
    resource = ResourcePlan(
        collection.path,
        list_key=collection.list_key,
        record_key=collection.record_key,
        id_key=collection.id_key,
        paging=paging_source(collection),
        update_method=_update_method(collection),
        version_key=version,
        can_delete=collection.can_delete,
    )
    last = collection.path.rstrip("/").rpartition("/")[2]
    name = re.sub(r"\W+", "_", last).strip("_").lower()
    label = f"Import {name.replace('_', ' ').title()}"
    flow = FlowPlan(f"import_{name}", label, since=since_parameter(collection))
    return ModelPlan(
        model,
        resource,
        import_map=lines,
        flows=[flow],
        unknown_value=_rejected(sure, example),
    )


def _update_method(collection: Collection) -> Literal["PUT", "POST"] | None:
    """Return the method of an update, unless it is the usual one."""
    others: dict[str | None, Literal["PUT", "POST"]] = {"PUT": "PUT", "POST": "POST"}
    return others.get(collection.update_method)


def _rejected(sure: Sequence[Match], example: dict[str, Any]) -> dict[str, Any]:
    """Return top-level values with which a record is rejected, unless the contract
    finds some itself: for a country."""
    if any(one.is_searched for one in sure):
        return {}
    for one in sure:
        value = one.rejected()
        if value is not None:
            key, _dot, inner = one.path.partition(".")
            return {key: {**example[key], inner: value} if inner else value}
    return {}


def _put(target: dict[str, Any], path: str, value: Any) -> None:
    key, dot, rest = path.partition(".")
    if dot:
        _put(target.setdefault(key, {}), rest, value)
    else:
        target[key] = value
