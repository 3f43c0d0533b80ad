"""Error messages of failed lookups.

They give the lookup and, for the closest components, the condition each failed.
Developers read them, so they are not translated.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from .near_misses import NearMiss, near_misses
from .source import declared_classes, location

if TYPE_CHECKING:
    from .component import AbstractComponent
    from .registry import ComponentRegistry
    from .work_context import WorkContext

SHOWN = 5


def nothing_found(work: WorkContext, usage: str | None, kw: dict[str, Any]) -> str:
    """Return the message of a lookup that no component matches."""
    lines = [f"No component found for {query(work, usage, kw)}."]
    nearest = near_misses(work, usage, kw)[:SHOWN]
    if nearest:
        lines.append("The closest components:")
        lines.extend(f"- {as_line(miss)}" for miss in nearest)
    else:
        lines.append(
            "No component is close. Check that the addon that declares it is installed "
            "in this database, and that its __init__.py imports it."
        )
    return "\n".join(lines)


def several_found(
    work: WorkContext,
    usage: str | None,
    kw: dict[str, Any],
    found: list[type[AbstractComponent]],
) -> str:
    """Return the message of a lookup that several components match."""
    lines = [f"Several components found for {query(work, usage, kw)}:"]
    for component in found[:SHOWN]:
        lines.append(
            f"- {component._name} ({place(component)}): {attributes(component)}"
        )
    if len(found) > SHOWN:
        lines.append(f"- and {len(found) - SHOWN} more")
    lines.append(f"To choose one: {advice(work, usage, found)}.")
    return "\n".join(lines)


def advice(
    work: WorkContext, usage: str | None, found: list[type[AbstractComponent]]
) -> str:
    """Return which attributes would distinguish the components."""
    usages = {component._usage for component in found}
    if usage is None and len(usages) > 1:
        names = ", ".join(sorted(repr(name) for name in usages if name))
        return f"look up a usage ({names})"
    ways = []
    if not any(component._collection for component in found):
        ways.append(f"set _collection = {work.collection._name!r} on the intended one")
    if not any(component.apply_on_models for component in found):
        ways.append(f"set _apply_on = {work.model_name!r} on the intended one")
    else:
        ways.append(f"keep {work.model_name!r} in the _apply_on of only one")
    ways.append("give one a different _usage")
    ways.append("restrict the _component_match of each")
    return "; or ".join(ways)


def unknown_name(registry: ComponentRegistry, name: str) -> str:
    """Return the message of a lookup by an unknown name."""
    near = get_close_matches(str(name), list(registry), n=SHOWN)
    hint = f" Did you mean {', '.join(near)}?" if near else ""
    return f"No component with name {name!r} found.{hint}"


def other_collection(name: str, wanted: str, current: str) -> str:
    """Return the message of a lookup by name in the wrong collection."""
    return (
        f"Component with name {name!r} can't be used for collection {current!r}: it "
        f"belongs to {wanted!r}."
    )


def other_models(name: str, models: Iterable[str], current: str) -> str:
    """Return the message of a lookup by name for the wrong model."""
    models = list(models)
    usable = (
        repr(models[0])
        if len(models) == 1
        else f"<one of {', '.join(map(repr, models))}>"
    )
    return (
        f"Component with name {name!r} can't be used for model {current!r}. "
        f"Call component_by_name({name!r}, model_name={usable})."
    )


def query(work: WorkContext, usage: str | None, kw: dict[str, Any]) -> str:
    """Return the conditions of a lookup as text."""
    parts = [
        f"collection {work.collection._name!r}",
        f"usage {usage!r}" if usage is not None else "any usage",
        f"model {work.model_name!r}",
        *(f"{name}={value!r}" for name, value in kw.items()),
    ]
    return ", ".join(parts)


def as_line(miss: NearMiss) -> str:
    """Return a near miss as a line of an error message."""
    return f"{miss.name} ({place(miss.component)}): {'; '.join(miss.reasons)}"


def place(component: type[AbstractComponent]) -> str:
    """Return where a component is declared."""
    declared = declared_classes(component) if isinstance(component, type) else []
    return location(declared[-1]) if declared else "built manually"


def attributes(component: type[AbstractComponent]) -> str:
    """Return the attributes that lookups match."""
    models = component.apply_on_models
    return ", ".join(
        (
            f"_collection {component._collection or 'any'}",
            f"_apply_on {', '.join(models) if models is not None else 'any'}",
            f"_usage {component._usage or 'none'}",
        )
    )
